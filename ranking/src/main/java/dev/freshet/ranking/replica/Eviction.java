package dev.freshet.ranking.replica;

import java.util.BitSet;

/**
 * Evicts the coldest items of a full replica. The numbers of evicted items are given to other items
 * only when nothing refers to them any more: with each new item a few numbers are purged, so that
 * all are after half as many new items as were evicted.
 */
final class Eviction {

  /** This part of the items is evicted at a time. */
  private static final int EVICTED_PART = 64;

  /** Temperatures below that of every item that can be listed. */
  private static final int ONLY_MENTIONED = -2;

  private static final int DELETED_AND_LEFT_ALONE = -1;

  private final int maxItems;
  private final ItemIndex index;
  private final ItemFacts facts;
  private final LongColumn longCounts;

  /** Numbers of evicted items that belong to no others yet. */
  private final BitSet evicted = new BitSet();

  /** Items that were evicted last, while something may refer to them. */
  private int[] leaving = new int[0];

  /** Items below this have been purged of those that leave. */
  private int purged;

  private long evictions;

  Eviction(int maxItems, ItemIndex index, ItemFacts facts) {
    this.maxItems = maxItems;
    this.index = index;
    this.facts = facts;
    this.longCounts = facts.column(ItemFact.LONG_COUNT);
  }

  /** Whether a number is that of an evicted item, and belongs to no other yet. */
  boolean isEvicted(int item) {
    return evicted.get(item);
  }

  /** The numbers of which {@link #isEvicted} is true. */
  BitSet evicted() {
    return evicted;
  }

  /** How many items have been evicted so far. */
  long evictions() {
    return evictions;
  }

  /** Items that were evicted last, while something may refer to them; replaced, never changed. */
  int[] leaving() {
    return leaving;
  }

  /** Items below this have been purged of those that leave. */
  int purged() {
    return purged;
  }

  boolean isFull() {
    return index.size() > maxItems;
  }

  /** Chooses the items that a full replica evicts, once nothing refers to those evicted before. */
  int[] coldest(VisitColumns visits) {
    while (leaving.length > 0) {
      purgeSome(visits);
    }
    int count = index.size() - maxItems + maxItems / EVICTED_PART;
    int[] items = new int[index.size()];
    int known = 0;
    for (int item = 0; item < index.numbers(); item++) {
      if (index.id(item) != null) {
        items[known++] = item;
      }
    }
    return ColdestItems.choose(
        items, count, index, this::temperature, facts::lastChange, index::hash);
  }

  /** The items of the highest temperature stay. */
  private long temperature(int item) {
    if (facts.lastChange(item) == Long.MIN_VALUE) {
      return ONLY_MENTIONED;
    }
    if (facts.deleted(item) && facts.lastAction(item) < facts.lastChange(item)) {
      return DELETED_AND_LEFT_ALONE;
    }
    // The bits of doubles that aren't negative have their order.
    return longCounts.get(item);
  }

  /** Removes items from the index and from what is learned from visits. */
  void evict(int[] items, VisitColumns visits) {
    for (int item : items) {
      evicted.set(item);
      index.remove(item);
    }
    visits.forget(items);
    leaving = items;
    purged = 0;
    evictions += items.length;
  }

  /** Purges a few numbers, with each new item. */
  void purgeSome(VisitColumns visits) {
    if (leaving.length == 0) {
      return;
    }
    int numbers = index.numbers();
    int until = Math.min(numbers, purged + 1 + 2 * (numbers / leaving.length));
    for (; purged < until; purged++) {
      visits.purge(purged);
    }
    if (purged == numbers) {
      for (int item : leaving) {
        evicted.clear(item);
        index.release(item);
      }
      leaving = new int[0];
    }
  }

  /** Continues where a snapshot stood. */
  void restore(long evictionsBefore, int[] leavingItems, int purgedItems) {
    evictions = evictionsBefore;
    leaving = leavingItems;
    purged = purgedItems;
    for (int item : leavingItems) {
      evicted.set(item);
    }
  }

  /** What it takes of the heap, in bytes. */
  long bytes() {
    return HeapSize.array(leaving.length, Integer.BYTES) + evicted.size() / Byte.SIZE;
  }
}
