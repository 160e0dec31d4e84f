package dev.freshet.ranking.evidence;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Selects the rows with the highest scores. Ties go to the lower row; NaN is below every number.
 * Reused; neither boxes nor allocates once grown.
 *
 * <p>Scores are first dealt into buckets by their leading bits, sixteen for each power of two below
 * the highest score: no comparison whose outcome a processor could guess wrong. What is wanted lies
 * in the first buckets, nearly in order then; only those are sorted, each by itself.
 */
public final class TopRows {

  /** Fewer rows than this are sorted by insertion. */
  private static final int SHORT = 16;

  /**
   * Shift that leaves the leading bits of a score, which select its bucket: sign, exponent and four
   * of the fraction.
   */
  private static final int BUCKET_SHIFT = 48;

  /** The last bucket has all that is farther below the highest score. */
  private static final int BUCKETS = 256;

  private int[] offeredRows = new int[64];

  /** Scores as longs of the same order. */
  private long[] offeredKeys = new long[64];

  private int offered;

  /** Scores of a buffer. */
  private float[] given = new float[64];

  /** The selected, and what shares the last bucket with them. */
  private int[] rows = new int[64];

  private long[] keys = new long[64];

  /** How many are in a bucket; then where its next one goes. */
  private final int[] buckets = new int[BUCKETS];

  private int bound;

  public void reset(int bound) {
    this.bound = bound;
    this.offered = 0;
  }

  public void offer(int row, double score) {
    ensure(offered + 1);
    offeredRows[offered] = row;
    offeredKeys[offered++] = key(score);
  }

  /** Offers the first rows, each with its score. */
  public void offer(FloatBuffer scores, int count) {
    ensure(offered + count);
    if (given.length < count) {
      given = new float[offeredRows.length];
    }
    // One copy instead of a check for each score of whether the buffer still has it.
    scores.get(0, given, 0, count);
    float[] given = this.given;
    int[] offeredRows = this.offeredRows;
    long[] offeredKeys = this.offeredKeys;
    int offered = this.offered;
    for (int row = 0; row < count; row++) {
      offeredRows[offered + row] = row;
      offeredKeys[offered + row] = key(given[row]);
    }
    this.offered = offered + count;
  }

  private void ensure(int room) {
    if (offeredRows.length < room) {
      offeredRows = Arrays.copyOf(offeredRows, 2 * room);
      offeredKeys = Arrays.copyOf(offeredKeys, offeredRows.length);
    }
  }

  /** Offers the first rows, as far as their scores are above 0. */
  public void offerPositive(double[] scores, int count) {
    ensure(offered + count + 1);
    int[] offeredRows = this.offeredRows;
    long[] offeredKeys = this.offeredKeys;
    int offered = this.offered;
    for (int row = 0; row < count; row++) {
      // Above 0 the bits are in order as they are.
      offeredRows[offered] = row;
      offeredKeys[offered] = Double.doubleToRawLongBits(scores[row]);
      offered += scores[row] > 0 ? 1 : 0;
    }
    this.offered = offered;
  }

  /** Sorts what is wanted, best first; afterwards {@link #row} may be called, not offer. */
  public int sort() {
    if (rows.length < offered) {
      rows = new int[offeredRows.length];
      keys = new long[offeredRows.length];
    }
    int size = Math.min(bound, offered);
    if (offered <= SHORT) {
      System.arraycopy(offeredRows, 0, rows, 0, offered);
      System.arraycopy(offeredKeys, 0, keys, 0, offered);
      sort(0, offered - 1);
    } else if (size > 0) {
      deal(size);
    }
    return size;
  }

  /** Puts the wanted number of best ones in order. */
  private void deal(int wanted) {
    long highest = highestKey() >> BUCKET_SHIFT;
    Arrays.fill(buckets, 0);
    for (int at = 0; at < offered; at++) {
      buckets[bucket(highest, offeredKeys[at])]++;
    }
    int last = -1;
    int dealt = 0;
    while (dealt < wanted) {
      last++;
      int inBucket = buckets[last];
      buckets[last] = dealt;
      dealt += inBucket;
    }
    int kept = keep(last == BUCKETS - 1 ? Long.MIN_VALUE : highest - last << BUCKET_SHIFT);
    for (int at = 0; at < kept; at++) {
      int place = buckets[bucket(highest, offeredKeys[at])]++;
      rows[place] = offeredRows[at];
      keys[place] = offeredKeys[at];
    }
    // Now each bucket's place is one past its last.
    int from = 0;
    for (int bucket = 0; bucket < last; bucket++) {
      sort(from, buckets[bucket] - 1);
      from = buckets[bucket];
    }
    select(from, dealt - 1, wanted - 1);
    sort(from, wanted - 1);
  }

  /** Moves what isn't below a key to the front, without a branch: few are, of many. */
  private int keep(long least) {
    int[] offeredRows = this.offeredRows;
    long[] offeredKeys = this.offeredKeys;
    int kept = 0;
    for (int at = 0; at < offered; at++) {
      long key = offeredKeys[at];
      offeredRows[kept] = offeredRows[at];
      offeredKeys[kept] = key;
      kept += key >= least ? 1 : 0;
    }
    return kept;
  }

  private long highestKey() {
    long highest = Long.MIN_VALUE;
    for (int at = 0; at < offered; at++) {
      highest = Math.max(highest, offeredKeys[at]);
    }
    return highest;
  }

  private static int bucket(long highest, long key) {
    return (int) Math.min(BUCKETS - 1, highest - (key >> BUCKET_SHIFT));
  }

  public int row(int rank) {
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

  /**
   * Brings the best of a range up to a place, in any order (C. A. R. Hoare: "Algorithm 65: Find",
   * 1961).
   */
  private void select(int first, int end, int last) {
    int from = first;
    int to = end;
    while (to - from >= SHORT) {
      int border = partition(from, to);
      if (last <= border) {
        to = border;
      } else {
        from = border + 1;
      }
    }
    insert(from, to);
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
    insert(from, to);
  }

  private void insert(int from, int to) {
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
