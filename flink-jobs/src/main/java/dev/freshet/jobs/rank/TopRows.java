package dev.freshet.jobs.rank;

import java.util.Arrays;

/**
 * Selects the rows with the highest scores. Ties go to the lower row; NaN is below every number.
 * Takes offers in two halves: when there are twice as many as wanted, the worse half goes, and from
 * then on whatever is no better than the worst of the others is refused at once. Reused; neither
 * boxes nor allocates once grown.
 */
final class TopRows {

  private static final int SHORT = 16;

  private int[] rows = new int[64];

  /** Scores as longs of the same order. */
  private long[] keys = new long[64];

  private int bound;
  private int size;

  /** Of the worst that is wanted still; {@code Long.MIN_VALUE}: no offer can be refused yet. */
  private long worstKey;

  void reset(int bound) {
    this.bound = bound;
    this.size = 0;
    this.worstKey = Long.MIN_VALUE;
    if (rows.length < 2 * bound) {
      rows = Arrays.copyOf(rows, 2 * bound);
      keys = Arrays.copyOf(keys, 2 * bound);
    }
  }

  void offer(int row, double score) {
    long key = key(score);
    if (key < worstKey || bound == 0) {
      return;
    }
    rows[size] = row;
    keys[size++] = key;
    if (size == 2 * bound) {
      keepBest();
    }
  }

  /** Sorts what was selected, best first; afterwards {@link #row} may be called, not offer. */
  int sort() {
    if (size > bound) {
      keepBest();
    }
    sort(0, size - 1);
    return size;
  }

  int row(int rank) {
    return rows[rank];
  }

  /** The bits of a double, with those of the negative ones turned; -0 is 0, NaN below all. */
  private static long key(double score) {
    if (Double.isNaN(score)) {
      return Long.MIN_VALUE;
    }
    long bits = Double.doubleToRawLongBits(score + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  /** Leaves the best, in any order (C. A. R. Hoare: "Algorithm 65: Find", 1961). */
  private void keepBest() {
    int from = 0;
    int to = size - 1;
    int last = bound - 1;
    while (from < to) {
      int border = partition(from, to);
      if (last <= border) {
        to = border;
      } else {
        from = border + 1;
      }
    }
    size = bound;
    worstKey = keys[last];
  }

  private void sort(int first, int last) {
    int from = first;
    int to = last;
    while (to - from >= SHORT) {
      int border = partition(from, to);
      // The shorter part first, so that calls don't pile up.
      if (border - from < to - border) {
        sort(from, border);
        from = border + 1;
      } else {
        sort(border + 1, to);
        to = border;
      }
    }
    for (int next = from + 1; next <= to; next++) {
      long key = keys[next];
      int row = rows[next];
      int at = next;
      while (at > from && better(key, row, keys[at - 1], rows[at - 1])) {
        keys[at] = keys[at - 1];
        rows[at] = rows[at - 1];
        at--;
      }
      keys[at] = key;
      rows[at] = row;
    }
  }

  /**
   * Puts better ones before worse ones; the border, below {@code to}, is the last of the better.
   */
  private int partition(int from, int to) {
    int middle = (from + to) >>> 1;
    order(from, middle);
    order(middle, to);
    order(from, middle);
    long pivotKey = keys[middle];
    int pivotRow = rows[middle];
    int left = from - 1;
    int right = to + 1;
    while (true) {
      do {
        left++;
      } while (better(keys[left], rows[left], pivotKey, pivotRow));
      do {
        right--;
      } while (better(pivotKey, pivotRow, keys[right], rows[right]));
      if (left >= right) {
        return right;
      }
      swap(left, right);
    }
  }

  private void order(int before, int after) {
    if (better(keys[after], rows[after], keys[before], rows[before])) {
      swap(before, after);
    }
  }

  private void swap(int left, int right) {
    long key = keys[left];
    keys[left] = keys[right];
    keys[right] = key;
    int row = rows[left];
    rows[left] = rows[right];
    rows[right] = row;
  }

  private static boolean better(long key, int row, long otherKey, int otherRow) {
    return key > otherKey || (key == otherKey && row < otherRow);
  }
}
