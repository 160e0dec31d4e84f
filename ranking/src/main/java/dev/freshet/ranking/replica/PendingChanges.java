package dev.freshet.ranking.replica;

import dev.freshet.ranking.event.ItemChange;
import dev.freshet.yaml.Nullable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The item changes that wait for the watermark, in event order. Changes of the same item and time
 * keep the order of their arrival.
 *
 * <p>A late change carries the newest facts of its item. The changes of the item that arrived
 * before it and are applied after it must not restore older facts. They take over the facts of the
 * late change when they are polled, so that a late change costs the same however many changes wait.
 */
public final class PendingChanges {

  private record Pending(ItemChange change, long number) {}

  /**
   * A late change.
   *
   * @param until greatest event time of the changes that waited when it arrived
   */
  private record Late(ItemChange change, long number, long until) {}

  private final PriorityQueue<Pending> queue;

  /**
   * By item, the late changes by event time. One that arrived before another and is not older than
   * it is removed, because the other supersedes whatever it would: the later the time, the later
   * the arrival.
   */
  private final Map<String, TreeMap<Long, Late>> lateByItem = new HashMap<>();

  /** All of them in the order of arrival, in which {@code until} never decreases. */
  private final ArrayDeque<Late> lates = new ArrayDeque<>();

  private long arrivals;
  private long newest = Long.MIN_VALUE;

  public PendingChanges() {
    this(ItemChange.EVENT_ORDER);
  }

  PendingChanges(Comparator<ItemChange> eventOrder) {
    queue =
        new PriorityQueue<>(
            Comparator.comparing(Pending::change, eventOrder).thenComparingLong(Pending::number));
  }

  public int size() {
    return queue.size();
  }

  /** Adds a change, which may be late itself. */
  public void add(ItemChange change) {
    queue.add(new Pending(change, arrivals++));
    newest = Math.max(newest, change.time);
  }

  /** The waiting changes of the item take over the facts of a late one if they are not older. */
  public void supersede(ItemChange late) {
    if (queue.isEmpty()) {
      return;
    }
    Late entry = new Late(late, arrivals++, newest);
    TreeMap<Long, Late> ofItem = lateByItem.computeIfAbsent(late.item, item -> new TreeMap<>());
    ofItem.tailMap(late.time, true).clear();
    ofItem.put(late.time, entry);
    lates.add(entry);
  }

  /** Removes the first change before a time; null if there is none. */
  @Nullable
  public ItemChange pollBefore(long time) {
    Pending first = queue.peek();
    if (first != null && first.change.time < time) {
      queue.remove();
      return current(first);
    }
    forgetBefore(time);
    return null;
  }

  /** Late changes that supersede none of those that wait. */
  private void forgetBefore(long time) {
    while (!lates.isEmpty() && (queue.isEmpty() || lates.peek().until < time)) {
      Late late = lates.remove();
      TreeMap<Long, Late> ofItem = lateByItem.get(late.change.item);
      if (ofItem != null) {
        ofItem.remove(late.change.time, late);
        if (ofItem.isEmpty()) {
          lateByItem.remove(late.change.item);
        }
      }
    }
  }

  private ItemChange current(Pending pending) {
    TreeMap<Long, Late> ofItem = lateByItem.get(pending.change.item);
    if (ofItem == null) {
      return pending.change;
    }
    Map.Entry<Long, Late> late = ofItem.floorEntry(pending.change.time);
    return late == null || late.getValue().number < pending.number
        ? pending.change
        : pending.change.with(late.getValue().change);
  }

  /** All changes that wait, in the order in which they will be polled. */
  public List<ItemChange> inOrder() {
    List<Pending> sorted = new ArrayList<>(queue);
    sorted.sort(queue.comparator());
    return sorted.stream().map(this::current).toList();
  }
}
