package dev.freshet.jobs.rank;

import dev.freshet.jobs.rank.NaiveEvent.Moment;
import dev.freshet.ranking.NaiveHash;
import dev.freshet.ranking.NaiveSessions;
import dev.freshet.ranking.NaiveVectors;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What is known of items, in plain maps: all that ever happened to each, and what ranking knows,
 * which is so many items at most.
 */
final class NaiveItems {

  private final HalfLives halfLives;
  private final int maxItems;
  private final long start;

  /** All that happened to each item; nothing of it is ever forgotten. */
  private final Map<String, Item> profiles = new HashMap<>();

  /** What ranking knows. */
  final Map<String, Item> known = new HashMap<>();

  private final Map<String, Neighbours> transitions = new HashMap<>();
  private final Map<String, Neighbours> covisits = new HashMap<>();
  final NaiveSessions<String, String> sessions;
  final NaiveVectors vectors = new NaiveVectors();

  /** Event time of the newest change. */
  long latest = Long.MIN_VALUE;

  private int steps;
  private int evictions;

  /** An item: by itself it is one that nobody told of, but others were visited with. */
  static final class Item {
    final String id;
    long firstSeen = Long.MAX_VALUE;
    double shortCount;
    double longCount;
    long lastAction = Long.MIN_VALUE;
    List<String> attributes = List.of();
    boolean deleted;
    long catalogTime = Long.MIN_VALUE;
    long lastChange = Long.MIN_VALUE;

    Item(String id) {
      this.id = id;
    }

    Item as(Item other) {
      firstSeen = other.firstSeen;
      shortCount = other.shortCount;
      longCount = other.longCount;
      lastAction = other.lastAction;
      attributes = other.attributes;
      deleted = other.deleted;
      return this;
    }

    boolean listed() {
      return lastChange != Long.MIN_VALUE && !deleted;
    }

    boolean popular() {
      return lastAction != Long.MIN_VALUE && !deleted;
    }

    List<String> values(String attribute) {
      return values(attributes, attribute);
    }

    static List<String> values(List<String> attributes, String attribute) {
      return attributes.stream()
          .filter(each -> each.startsWith(attribute + "="))
          .map(each -> each.substring(attribute.length() + 1))
          .toList();
    }
  }

  /** The items that go with an item, each with its weight and when it got it. */
  static final class Neighbours {
    final Map<String, Double> weights = new HashMap<>();
    final Map<String, Integer> since = new HashMap<>();
    double total;

    void add(String neighbour, double weight, int step) {
      weights.merge(neighbour, weight, Double::sum);
      since.put(neighbour, step);
      total += weight;
    }

    /** The heaviest first; of the same weight, the one that has had it for longer. */
    List<String> ordered() {
      return weights.keySet().stream()
          .sorted(
              Comparator.comparing((String id) -> -weights.get(id))
                  .thenComparing(id -> since.get(id)))
          .toList();
    }
  }

  /**
   * Something that changes what is known of an item.
   *
   * @param before of an action: what the user had acted on before
   */
  record Change(Moment moment, NaiveEvent event, List<String> before) {

    static final Comparator<Change> ORDER =
        Comparator.comparing(Change::moment)
            .thenComparing(change -> change.event.item())
            .thenComparing(change -> change.event.action() != null)
            .thenComparing(change -> change.event.id())
            .thenComparing(change -> change.event.user());

    boolean isToldWith(Change other) {
      return moment.equals(other.moment) && event.item().equals(other.event.item());
    }
  }

  /**
   * @param start no change is long before it
   */
  NaiveItems(ReplicaSettings settings, long start) {
    this.halfLives = settings.halfLives();
    this.maxItems = settings.maxItems();
    this.sessions = new NaiveSessions<>(settings.sessions());
    this.start = start;
  }

  /** Ranking learns what happened to one item at one time; all of it was told. */
  void apply(List<Change> together) {
    long time = together.get(0).event.time();
    latest = Math.max(latest, time);
    if (known.size() > maxItems) {
      evict(known.size() - maxItems + maxItems / 64);
    }
    String id = together.get(0).event.item();
    Item item = known(id).as(profiles.get(id));
    item.lastChange = Math.max(item.lastChange, time);
    together.stream()
        .filter(change -> change.event.action() != null)
        .forEach(change -> visit(item.id, change.event, change.before));
  }

  private Item known(String id) {
    return known.computeIfAbsent(id, Item::new);
  }

  void tell(NaiveEvent event) {
    Item item = profiles.computeIfAbsent(event.item(), Item::new);
    long time = event.time();
    item.firstSeen = Math.min(item.firstSeen, time);
    if (event.action() != null) {
      long newest = Math.max(item.lastAction, time);
      item.shortCount = added(item, item.shortCount, time, newest, halfLives.popularityShort());
      item.longCount = added(item, item.longCount, time, newest, halfLives.popularityLong());
      item.lastAction = newest;
    } else if (time >= item.catalogTime) {
      item.attributes = List.copyOf(new LinkedHashSet<>(List.of(event.update().event.attributes)));
      item.deleted = event.update().event.deleted;
      item.catalogTime = time;
    }
  }

  private static double added(Item item, double count, long time, long newest, long halfLife) {
    double before = count == 0 ? 0 : count * power(item.lastAction - newest, halfLife);
    return before + power(time - newest, halfLife);
  }

  private void visit(String item, NaiveEvent event, List<String> before) {
    double weight = neighbourWeight(event.time());
    List<String> earlier = before.subList(0, Math.min(10, before.size()));
    for (String other : earlier) {
      known(other);
      if (other.equals(earlier.get(0))) {
        neighbours(transitions, other).add(item, weight, steps++);
      }
      neighbours(covisits, other).add(item, weight, steps++);
      neighbours(covisits, item).add(other, weight, steps++);
      vectors.add(item, other, weight);
      vectors.add(other, item, weight);
      vectors.settle(other);
      weight *= 0.9;
    }
    vectors.settle(item);
    sessions.visit(event.user(), item, earlier, event.time());
  }

  private static Neighbours neighbours(Map<String, Neighbours> all, String item) {
    return all.computeIfAbsent(item, id -> new Neighbours());
  }

  Neighbours transitions(String item) {
    return transitions.getOrDefault(item, new Neighbours());
  }

  Neighbours covisits(String item) {
    return covisits.getOrDefault(item, new Neighbours());
  }

  /** Those that were told of least, weighing recent actions more, then last of, leave no trace. */
  private void evict(int count) {
    known.values().stream()
        .sorted(
            Comparator.comparing(this::temperature)
                .thenComparing(item -> item.lastChange)
                .thenComparing(item -> NaiveHash.of(item.id))
                .thenComparing(item -> item.id))
        .limit(count)
        .map(item -> item.id)
        .toList()
        .forEach(this::forget);
    evictions += count;
  }

  private double temperature(Item item) {
    if (item.lastChange == Long.MIN_VALUE) {
      return -2;
    }
    return item.deleted && item.lastAction < item.lastChange ? -1 : longWeight(item);
  }

  private void forget(String id) {
    known.remove(id);
    for (Map<String, Neighbours> all : List.of(transitions, covisits)) {
      all.remove(id);
      all.values().forEach(neighbours -> neighbours.weights.remove(id));
    }
    sessions.forget(id);
    vectors.forget(id);
  }

  int evictions() {
    return evictions;
  }

  /** 2^(elapsed / halfLife), exact for whole half-lives. */
  static double power(long elapsed, long halfLife) {
    double part = StrictMath.pow(2, (double) Math.floorMod(elapsed, halfLife) / halfLife);
    return Math.scalb(part, (int) Math.floorDiv(elapsed, halfLife));
  }

  /** From where weights are measured: so that they are to the product's as a power of four. */
  private long origin(long halfLife) {
    return start / (2 * halfLife) * (2 * halfLife);
  }

  /** What a visit weighs for neighbours. */
  double neighbourWeight(long time) {
    return power(time - origin(halfLives.neighbours()), halfLives.neighbours());
  }

  private double weight(double count, long time, long halfLife) {
    return count == 0 ? 0 : count * power(time - origin(halfLife), halfLife);
  }

  double shortWeight(Item item) {
    return weight(item.shortCount, item.lastAction, halfLives.popularityShort());
  }

  double longWeight(Item item) {
    return weight(item.longCount, item.lastAction, halfLives.popularityLong());
  }

  /** Some items, those with the greatest key first; equal ones by the hash of the id. */
  List<String> top(Predicate<Item> which, ToDoubleFunction<Item> key) {
    return known.values().stream()
        .filter(which)
        .sorted(
            Comparator.comparing((Item item) -> -key.applyAsDouble(item))
                .thenComparing(item -> NaiveHash.of(item.id))
                .thenComparing(item -> item.id))
        .map(item -> item.id)
        .toList();
  }

  List<String> trending() {
    return top(Item::popular, this::shortWeight);
  }

  List<String> popular() {
    return top(Item::popular, this::longWeight);
  }
}
