package dev.freshet.ranking.replica;

import java.util.BitSet;

/**
 * For each item, the items that go with it: a bounded list of decayed weights, kept in descending
 * order. A full list drops its lightest entry for a new one. Weights are forward-decayed, so they
 * compare directly, whenever they were written.
 *
 * <p>A list loses its evicted entries when it is read next or when it is {@linkplain #purge
 * purged}, whichever is first, so that no caller ever sees them.
 */
public final class NeighbourLists implements ItemColumns {

  // A list is known by: handle of its block (32 bits), round of its last purge (1), entries (31).
  private static final int HANDLE_SHIFT = 32;
  private static final long ROUND_BIT = 1L << 31;
  private static final int SIZE_MASK = Integer.MAX_VALUE;

  private final int bound;
  private final BitSet evicted;
  private final BlockPool blocks;
  private final LongColumn lists;

  /** All weight ever added to the item's list (decayed), with what was given up since. */
  private final LongColumn totals;

  /** Changes with every eviction. All lists have been purged in a round before the next begins. */
  private long round;

  /**
   * @param bound entries of a list at most
   * @param evicted the numbers of evicted items that belong to no others yet
   */
  NeighbourLists(int bound, BitSet evicted) {
    this.bound = bound;
    this.evicted = evicted;
    this.blocks = new BlockPool(true);
    this.lists = new LongColumn(0);
    this.totals = LongColumn.ofDoubles();
  }

  private NeighbourLists(NeighbourLists original) {
    this.bound = original.bound;
    this.evicted = (BitSet) original.evicted.clone();
    this.blocks = original.blocks.copy();
    this.lists = original.lists.copy();
    this.totals = original.totals.copy();
    this.round = original.round;
  }

  @Override
  public void ensureItems(int items) {
    lists.ensure(items);
    totals.ensure(items);
  }

  public int size(int item) {
    return (int) list(item) & SIZE_MASK;
  }

  /** The neighbour at a rank, counted from 0, heaviest first. */
  int neighbour(int item, int rank) {
    int handle = handle(list(item));
    return blocks.ints(handle)[blocks.offset(handle) + rank];
  }

  double weight(int item, int rank) {
    int handle = handle(list(item));
    return blocks.doubles(handle)[blocks.offset(handle) + rank];
  }

  /** The array with the neighbours of an item that has any, from {@link #from} on. */
  public int[] neighbours(int item) {
    return blocks.ints(handle(list(item)));
  }

  /** The array with the neighbours' weights, heaviest first, from {@link #from} on. */
  public double[] weights(int item) {
    return blocks.doubles(handle(list(item)));
  }

  public int from(int item) {
    return blocks.offset(handle(list(item)));
  }

  public double total(int item) {
    return totals.getDouble(item);
  }

  void add(int item, int neighbour, double weight) {
    totals.setDouble(item, totals.getDouble(item) + weight);
    long list = list(item);
    int size = (int) list & SIZE_MASK;
    if (size == 0) {
      list = listOf(blocks.allocate(BlockPool.room(1)), 0);
    }
    int[] ids = blocks.ints(handle(list));
    double[] weights = blocks.doubles(handle(list));
    int from = blocks.offset(handle(list));
    int at = from;
    int end = from + size;
    while (at < end && ids[at] != neighbour) {
      at++;
    }
    double sum = weight;
    if (at < end) {
      sum += weights[at];
    } else if (size == bound) {
      at--;
    } else {
      if (size == BlockPool.room(Math.max(1, size))) {
        list = listOf(moved(handle(list), size, size + 1), size);
        ids = blocks.ints(handle(list));
        weights = blocks.doubles(handle(list));
        from = blocks.offset(handle(list));
        at = from + size;
      }
      list++;
    }
    lists.set(item, list);
    int place = place(weights, from, at, sum);
    System.arraycopy(ids, place, ids, place + 1, at - place);
    System.arraycopy(weights, place, weights, place + 1, at - place);
    ids[place] = neighbour;
    weights[place] = sum;
  }

  /**
   * Where a weight belongs: behind all that aren't less. A newcomer mostly goes far to the front.
   */
  private static int place(double[] weights, int from, int end, double weight) {
    int first = from;
    int last = end;
    while (first < last) {
      int middle = (first + last) >>> 1;
      if (weights[middle] < weight) {
        last = middle;
      } else {
        first = middle + 1;
      }
    }
    return first;
  }

  /** Multiplies all weights by a power of two, which changes no order and loses no digit. */
  void scale(int exponent, int items) {
    totals.scale(exponent, items);
    for (int item = 0; item < items; item++) {
      long list = list(item);
      int size = (int) list & SIZE_MASK;
      if (size > 0) {
        double[] weights = blocks.doubles(handle(list));
        int from = blocks.offset(handle(list));
        for (int at = from; at < from + size; at++) {
          weights[at] = Math.scalb(weights[at], exponent);
        }
      }
    }
  }

  @Override
  public void forget(int[] evictedItems) {
    for (int item : evictedItems) {
      long list = lists.get(item);
      int size = (int) list & SIZE_MASK;
      if (size > 0) {
        blocks.free(handle(list), BlockPool.room(size));
      }
      lists.clear(item);
      totals.clear(item);
    }
    round ^= ROUND_BIT;
  }

  @Override
  public void purge(int item) {
    list(item);
  }

  /** The item's list without evicted neighbours. */
  private long list(int item) {
    long list = lists.get(item);
    return (list & ROUND_BIT) == round ? list : purged(item, list);
  }

  private long purged(int item, long list) {
    int size = (int) list & SIZE_MASK;
    if (size == 0) {
      lists.set(item, round);
      return round;
    }
    int handle = handle(list);
    int[] ids = blocks.ints(handle);
    double[] weights = blocks.doubles(handle);
    int from = blocks.offset(handle);
    int kept = 0;
    for (int at = from; at < from + size; at++) {
      if (!evicted.get(ids[at])) {
        ids[from + kept] = ids[at];
        weights[from + kept] = weights[at];
        kept++;
      }
    }
    if (kept == 0) {
      blocks.free(handle, BlockPool.room(size));
      handle = 0;
    } else if (BlockPool.room(kept) != BlockPool.room(size)) {
      handle = moved(handle, size, kept);
    }
    long purged = listOf(handle, kept);
    lists.set(item, purged);
    return purged;
  }

  /** Moves a block of so many entries to one with room for more, or for fewer. */
  private int moved(int handle, int entries, int wanted) {
    int to = blocks.allocate(BlockPool.room(wanted));
    int kept = Math.min(entries, wanted);
    int from = blocks.offset(handle);
    System.arraycopy(blocks.ints(handle), from, blocks.ints(to), blocks.offset(to), kept);
    System.arraycopy(blocks.doubles(handle), from, blocks.doubles(to), blocks.offset(to), kept);
    blocks.free(handle, BlockPool.room(entries));
    return to;
  }

  private long listOf(int handle, int size) {
    return ((long) handle << HANDLE_SHIFT) | round | size;
  }

  private static int handle(long list) {
    return (int) (list >>> HANDLE_SHIFT);
  }

  /** Deep copy. */
  NeighbourLists frozen() {
    return new NeighbourLists(this);
  }

  /** Gives an item that has no list one of a size; its neighbours and weights must be set next. */
  void restore(int item, double total, int size) {
    totals.setDouble(item, total);
    if (size > 0) {
      lists.set(item, listOf(blocks.allocate(BlockPool.room(size)), size));
    }
  }

  @Override
  public long bytes() {
    return blocks.bytes() + lists.bytes() + totals.bytes();
  }
}
