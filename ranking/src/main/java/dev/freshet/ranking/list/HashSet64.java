package dev.freshet.ranking.list;

import java.util.Arrays;

/**
 * A set of 64-bit hashes, reused: clearing costs nothing, adding and asking neither box nor hash.
 */
final class HashSet64 {

  private long[] table = new long[64];

  /** The generation in which each slot was filled; of an earlier one: empty. */
  private int[] generations = new int[64];

  private int generation = 1;
  private int size;

  void clear() {
    size = 0;
    if (++generation == 0) { // came round: what is left would count again
      Arrays.fill(generations, 0);
      generation = 1;
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(long hash) {
    if (2 * size >= table.length) {
      grow();
    }
    int slot = slot(hash);
    if (generations[slot] != generation) {
      generations[slot] = generation;
      table[slot] = hash;
      size++;
    }
  }

  boolean contains(long hash) {
    return size > 0 && generations[slot(hash)] == generation;
  }

  /** Where the hash is, or would be. */
  private int slot(long hash) {
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    while (generations[slot] == generation && table[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] before = table;
    int[] filled = generations;
    table = new long[2 * before.length];
    generations = new int[table.length];
    size = 0;
    for (int slot = 0; slot < before.length; slot++) {
      if (filled[slot] == generation) {
        add(before[slot]);
      }
    }
  }
}
