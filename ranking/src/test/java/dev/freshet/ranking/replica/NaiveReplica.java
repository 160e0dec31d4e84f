package dev.freshet.ranking.replica;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.aggregate.ForwardDecay;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the replica of items is to answer, from maps and lists by item id, sorted when asked. */
final class NaiveReplica {

  record Entry(String item, double weight) {}

  /** A neighbour list. */
  static final class Neighbours {
    final List<Entry> entries = new ArrayList<>();
    double total;

    void add(String item, double weight, int bound) {
      total += weight;
      double sum = weight;
      for (Entry entry : List.copyOf(entries)) {
        if (entry.item.equals(item)) {
          sum += entry.weight;
          entries.remove(entry);
        }
      }
      if (entries.size() == bound) {
        entries.remove(bound - 1);
      }
      int at = 0;
      while (at < entries.size() && entries.get(at).weight >= sum) {
        at++;
      }
      entries.add(at, new Entry(item, sum));
    }

    void scale(int exponent) {
      total = Math.scalb(total, exponent);
      entries.replaceAll(entry -> new Entry(entry.item, Math.scalb(entry.weight, exponent)));
    }
  }

  /** An item. */
  static final class Known {
    long firstSeen = Long.MIN_VALUE;
    long lastAction = Long.MIN_VALUE;
    long lastChange = Long.MIN_VALUE;
    boolean deleted;
    double shortWeight;
    double longWeight;
    List<String> attributes = List.of();
    final Neighbours transitions = new Neighbours();
    final Neighbours covisits = new Neighbours();

    boolean isListed() {
      return lastChange != Long.MIN_VALUE && !deleted;
    }

    double temperature() {
      if (lastChange == Long.MIN_VALUE) {
        return -2;
      }
      return deleted && lastAction < lastChange ? -1 : longWeight;
    }
  }

  final Map<String, Known> items = new HashMap<>();
  int evictions;
  private final int maxItems;
  private final ForwardDecay shortDecay;
  private final ForwardDecay longDecay;
  private final ForwardDecay neighbourDecay;

  NaiveReplica(ReplicaSettings settings) {
    maxItems = settings.maxItems();
    shortDecay = new ForwardDecay(settings.halfLives().popularityShort());
    longDecay = new ForwardDecay(settings.halfLives().popularityLong());
    neighbourDecay = new ForwardDecay(settings.halfLives().neighbours());
  }

  void apply(ItemChange change) {
    advanceTo(Math.max(change.time, change.countTime));
    if (items.size() > maxItems) {
      evict(items.size() - maxItems + maxItems / 64);
    }
    Known item = item(change.item);
    item.firstSeen = change.firstSeen;
    item.lastAction = change.lastAction;
    item.lastChange = Math.max(item.lastChange, change.time);
    item.deleted = change.deleted;
    item.attributes = List.of(change.attributes);
    if (change.lastAction != Long.MIN_VALUE) {
      item.shortWeight = change.shortCount * shortDecay.weight(change.countTime);
      item.longWeight = change.longCount * longDecay.weight(change.countTime);
    }
    for (Visit visit : change.visits) {
      double weight = neighbourDecay.weight(change.time);
      for (int back = 0; back < Math.min(10, visit.before.length); back++) {
        Known earlier = item(visit.before[back]);
        if (back == 0) {
          earlier.transitions.add(change.item, weight, 120);
        }
        earlier.covisits.add(change.item, weight, 128);
        item.covisits.add(visit.before[back], weight, 128);
        weight *= 0.9;
      }
    }
  }

  private Known item(String id) {
    return items.computeIfAbsent(id, unknown -> new Known());
  }

  private void advanceTo(long time) {
    int shortExponent = shortDecay.advance(time);
    int longExponent = longDecay.advance(time);
    int exponent = neighbourDecay.advance(time);
    for (Known item : items.values()) {
      item.shortWeight = Math.scalb(item.shortWeight, shortExponent);
      item.longWeight = Math.scalb(item.longWeight, longExponent);
      item.transitions.scale(exponent);
      item.covisits.scale(exponent);
    }
  }

  private void evict(int count) {
    List<String> coldest = new ArrayList<>(items.keySet());
    coldest.sort(
        Comparator.comparing((String id) -> items.get(id).temperature())
            .thenComparing(id -> items.get(id).lastChange)
            .thenComparing(id -> FeatureEvent.hash(id)));
    for (String id : coldest.subList(0, count)) {
      items.remove(id);
      for (Known other : items.values()) {
        other.transitions.entries.removeIf(entry -> entry.item.equals(id));
        other.covisits.entries.removeIf(entry -> entry.item.equals(id));
      }
    }
    evictions += count;
  }

  /** The listed items that a condition holds for, the greatest first. */
  List<String> top(int bound, ToDoubleFunction<Known> key, String attribute) {
    return items.keySet().stream()
        .filter(id -> items.get(id).isListed())
        .filter(id -> attribute == null || items.get(id).attributes.contains(attribute))
        .sorted(
            Comparator.comparing((String id) -> -key.applyAsDouble(items.get(id)))
                .thenComparing(id -> FeatureEvent.hash(id)))
        .limit(bound)
        .toList();
  }

  List<String> popular(ToDoubleFunction<Known> weight) {
    List<String> popular = new ArrayList<>(top(Integer.MAX_VALUE, weight, null));
    popular.removeIf(id -> items.get(id).lastAction == Long.MIN_VALUE);
    return popular.subList(0, Math.min(500, popular.size()));
  }
}
