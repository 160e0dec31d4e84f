package dev.freshet.ranking.replica;

/**
 * For each number from 0, a bounded list of distinct ints, the one that came last first. No object
 * for a list: all are blocks of one pool.
 */
public final class RecencyLists {

  private final int bound;
  private final BlockPool blocks;

  /** One entry per list: handle of its block (32 bits), number of entries (32). */
  private final LongColumn lists;

  /**
   * @param bound entries of a list at most
   */
  RecencyLists(int bound) {
    this(bound, new BlockPool(false), new LongColumn(0));
  }

  private RecencyLists(int bound, BlockPool blocks, LongColumn lists) {
    this.bound = bound;
    this.blocks = blocks;
    this.lists = lists;
  }

  /** Deep copy. */
  RecencyLists copy() {
    return new RecencyLists(bound, blocks.copy(), lists.copy());
  }

  /** Makes room for lists with numbers below a count. */
  void ensure(int count) {
    lists.ensure(count);
  }

  public int size(int list) {
    return (int) lists.get(list);
  }

  /** The array that has the entries of a list that is not empty, from {@link #from} on. */
  public int[] array(int list) {
    return blocks.ints(handle(lists.get(list)));
  }

  public int from(int list) {
    return blocks.offset(handle(lists.get(list)));
  }

  boolean isFull(int list) {
    return size(list) == bound;
  }

  /** Puts a value first, moving it if it is in the list; a full list drops its last. */
  void put(int list, int value) {
    long known = lists.get(list);
    int size = (int) known;
    if (size == 0) {
      known = listOf(blocks.allocate(BlockPool.room(1)), 0);
    }
    int handle = handle(known);
    int[] values = blocks.ints(handle);
    int from = blocks.offset(handle);
    int at = indexOf(values, from, size, value);
    if (at == size) {
      if (size == bound) {
        at--;
      } else {
        if (size > 0 && size == BlockPool.room(size)) {
          handle = moved(handle, size, size + 1);
          values = blocks.ints(handle);
          from = blocks.offset(handle);
        }
        lists.set(list, listOf(handle, size + 1));
      }
    }
    System.arraycopy(values, from, values, from + 1, at);
    values[from] = value;
  }

  /** Takes a value out, if it is in the list. */
  void remove(int list, int value) {
    long known = lists.get(list);
    int size = (int) known;
    if (size == 0) {
      return;
    }
    int handle = handle(known);
    int[] values = blocks.ints(handle);
    int from = blocks.offset(handle);
    int at = indexOf(values, from, size, value);
    if (at == size) {
      return;
    }
    System.arraycopy(values, from + at + 1, values, from + at, size - at - 1);
    if (size == 1) {
      clear(list);
    } else if (BlockPool.room(size - 1) != BlockPool.room(size)) {
      lists.set(list, listOf(moved(handle, size, size - 1), size - 1));
    } else {
      lists.set(list, listOf(handle, size - 1));
    }
  }

  /** Empties a list. */
  void clear(int list) {
    long known = lists.get(list);
    if ((int) known > 0) {
      blocks.free(handle(known), BlockPool.room((int) known));
      lists.clear(list);
    }
  }

  private static int indexOf(int[] values, int from, int size, int value) {
    int at = 0;
    while (at < size && values[from + at] != value) {
      at++;
    }
    return at;
  }

  /** Moves a block of so many entries to one with room for more, or for fewer. */
  private int moved(int handle, int entries, int wanted) {
    int to = blocks.allocate(BlockPool.room(wanted));
    System.arraycopy(
        blocks.ints(handle),
        blocks.offset(handle),
        blocks.ints(to),
        blocks.offset(to),
        Math.min(entries, wanted));
    blocks.free(handle, BlockPool.room(entries));
    return to;
  }

  private static long listOf(int handle, int size) {
    return ((long) handle << 32) | size;
  }

  private static int handle(long list) {
    return (int) (list >>> 32);
  }

  long bytes() {
    return blocks.bytes() + lists.bytes();
  }

  /** Gives an empty list a size; its entries must be set next. */
  void restore(int list, int size) {
    lists.set(list, listOf(blocks.allocate(BlockPool.room(size)), size));
  }
}
