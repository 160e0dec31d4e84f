package dev.freshet.jobs.rank;

import java.util.Arrays;

/**
 * Gives each item id a dense number, in order of first sight, so that everything else about items
 * lives in plain arrays. Open addressing with linear probing; lookups neither box nor allocate.
 */
final class ItemIndex {

  static final int ABSENT = -1;

  private static final int INITIAL_CAPACITY = 1024;

  private String[] ids = new String[INITIAL_CAPACITY];
  private int[] table = emptyTable(2 * INITIAL_CAPACITY);
  private int size;

  int size() {
    return size;
  }

  String id(int item) {
    return ids[item];
  }

  /** The item's number, or {@link #ABSENT}. */
  int find(String id) {
    int mask = table.length - 1;
    for (int slot = spread(id) & mask; ; slot = (slot + 1) & mask) {
      int item = table[slot];
      if (item == ABSENT || ids[item].equals(id)) {
        return item;
      }
    }
  }

  /** The item's number, which is {@link #size()} as it was before the call for a new one. */
  int findOrAdd(String id) {
    int item = find(id);
    if (item != ABSENT) {
      return item;
    }
    if (size == ids.length) {
      grow();
    }
    ids[size] = id;
    place(size);
    return size++;
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * ids.length);
    table = emptyTable(2 * table.length);
    for (int item = 0; item < size; item++) {
      place(item);
    }
  }

  private void place(int item) {
    int mask = table.length - 1;
    int slot = spread(ids[item]) & mask;
    while (table[slot] != ABSENT) {
      slot = (slot + 1) & mask;
    }
    table[slot] = item;
  }

  private static int[] emptyTable(int length) {
    int[] table = new int[length];
    Arrays.fill(table, ABSENT);
    return table;
  }

  /** Numeric ids have string hashes close together: multiply, then use the high bits too. */
  private static int spread(String id) {
    int hash = id.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }
}
