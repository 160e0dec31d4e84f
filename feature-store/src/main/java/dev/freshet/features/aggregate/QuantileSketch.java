package dev.freshet.features.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.Arrays;

/**
 * Quantiles of numbers of either sign, in bounded memory and with a bounded relative error: a
 * DDSketch (C. Masson, J. E. Rim, H. K. Lee, PVLDB 12(12), 2019). It counts numbers in bins of a
 * constant ratio and draws no random numbers. So its quantiles and the bytes it is written as are
 * functions of the set of numbers (with repetitions). They don't depend on the order, or on how the
 * numbers were split over sketches that are merged later.
 *
 * <p>Positive and negative numbers have bins of their own, of each at most {@code maxBins} in a
 * row, up to the one of the largest magnitude. Numbers too near zero for them are counted in the
 * lowest. With an accuracy of 1 % and 2048 bins that happens to numbers some 10^16 times smaller
 * than the largest. Magnitudes below {@link Double#MIN_NORMAL} count as zero.
 *
 * <p>Adding, reading and writing allocate nothing once the arrays have grown. Not thread-safe.
 */
public final class QuantileSketch {
  private final int maxBins;
  private final RelativeBins bins;
  private final Counts positive = new Counts();
  private final Counts negative = new Counts();
  private long zeros;
  private long count;

  /**
   * A sketch of no numbers.
   *
   * @param relativeAccuracy how far a quantile may be from the exact one, as a part of it: from
   *     1e-6 to below 1
   * @param maxBins the most bins for numbers of one sign, positive; a full bin takes 2 to 5 bytes
   *     when written
   */
  public QuantileSketch(double relativeAccuracy, int maxBins) {
    if (maxBins <= 0) {
      throw new IllegalArgumentException("There must be a bin at least, not " + maxBins);
    }
    this.maxBins = maxBins;
    bins = new RelativeBins(relativeAccuracy);
  }

  /** Forgets all numbers. */
  public void clear() {
    positive.size = 0;
    negative.size = 0;
    zeros = 0;
    count = 0;
  }

  /**
   * Adds a number.
   *
   * @throws IllegalArgumentException if it is not finite; the sketch is then as before
   */
  public void add(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("Only finite numbers have quantiles, not " + value);
    }
    count = Math.addExact(count, 1);
    if (value >= Double.MIN_NORMAL) {
      positive.add(bins.index(value), 1, maxBins);
    } else if (value <= -Double.MIN_NORMAL) {
      negative.add(bins.index(-value), 1, maxBins);
    } else {
      zeros++;
    }
  }

  /**
   * Adds all numbers of another sketch, which is left as it is.
   *
   * @throws IllegalArgumentException if it has another accuracy or number of bins
   */
  public void merge(QuantileSketch other) {
    if (other.maxBins != maxBins || !other.bins.isAs(bins)) {
      throw new IllegalArgumentException(
          "Sketches of different accuracy or number of bins cannot be merged");
    }
    count = Math.addExact(count, other.count);
    zeros += other.zeros;
    positive.add(other.positive, maxBins);
    negative.add(other.negative, maxBins);
  }

  /** How many numbers were added. */
  public long count() {
    return count;
  }

  /**
   * A quantile: the number of rank floor(q x (count - 1)), counted from 0 in ascending order,
   * within the relative accuracy if its bin wasn't given up; NaN of no numbers.
   *
   * @param q 0 for the smallest to 1 for the largest
   */
  public double quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("A quantile is asked for by 0 to 1, not " + q);
    }
    if (count == 0) {
      return Double.NaN;
    }
    long after = Math.min(count - 1, (long) (q * (count - 1)));
    for (int i = negative.size - 1; i >= 0; i--) {
      after -= negative.counts[i];
      if (after < 0) {
        return -bins.value(negative.indexes[i]);
      }
    }
    after -= zeros;
    if (after < 0) {
      return 0;
    }
    int i = 0;
    while (after >= positive.counts[i]) {
      after -= positive.counts[i++];
    }
    return bins.value(positive.indexes[i]);
  }

  /**
   * Writes the sketch without its accuracy and number of bins. Equal sets of numbers are written as
   * equal bytes: how many are zero, then the bins of positive and of negative numbers, each as
   * their number and for each bin its distance from the one before and its count.
   */
  public void write(DataOutput out) throws IOException {
    Varint.write(out, zeros);
    positive.write(out);
    negative.write(out);
  }

  /**
   * Makes the sketch the one that was written, by a sketch of the same accuracy and number of bins.
   *
   * @throws StreamCorruptedException if it is no such sketch; this one is then empty
   */
  public void read(DataInput in) throws IOException {
    clear();
    try {
      zeros = Varint.read(in);
      if (zeros < 0) {
        throw new StreamCorruptedException("A count of zeros below 0: " + zeros);
      }
      long all = Math.addExact(zeros, positive.read(in, maxBins));
      count = Math.addExact(all, negative.read(in, maxBins));
    } catch (ArithmeticException e) {
      StreamCorruptedException corrupted = new StreamCorruptedException("Counts that overflow");
      corrupted.initCause(e);
      throw corrupted;
    } finally {
      if (count == 0) {
        clear();
      }
    }
  }

  /** Counts by bin, in the order of bins; only of bins that aren't empty. */
  private static final class Counts {
    private int[] indexes = new int[8];
    private long[] counts = new long[8];
    private int size;

    /**
     * Counts in a bin, or in the lowest one that is kept. Which one that is follows from the
     * highest bin alone, so it doesn't matter whether it was known before or came later.
     */
    void add(int index, long n, int maxBins) {
      if (size > 0 && index > indexes[size - 1]) {
        append(index, n);
        giveUpBelow((long) index - maxBins + 1);
        return;
      }
      int kept = size == 0 ? index : (int) Math.max(index, (long) indexes[size - 1] - maxBins + 1);
      int at = Arrays.binarySearch(indexes, 0, size, kept);
      if (at >= 0) {
        counts[at] += n;
      } else {
        insert(-at - 1, kept, n);
      }
    }

    void add(Counts other, int maxBins) {
      // Not more than there are now: the other may be this.
      for (int i = other.size - 1; i >= 0; i--) {
        add(other.indexes[i], other.counts[i], maxBins);
      }
    }

    void write(DataOutput out) throws IOException {
      Varint.write(out, size);
      for (int i = 0; i < size; i++) {
        if (i == 0) {
          Varint.writeSigned(out, indexes[0]);
        } else {
          Varint.write(out, (long) indexes[i] - indexes[i - 1] - 1);
        }
        Varint.write(out, counts[i]);
      }
    }

    /** Reads the bins and returns the sum of their counts. */
    long read(DataInput in, int maxBins) throws IOException {
      long bins = Varint.read(in);
      if (bins < 0 || bins > maxBins) {
        throw new StreamCorruptedException(bins + " bins where " + maxBins + " is the most");
      }
      long index = 0;
      long first = 0;
      long sum = 0;
      for (int i = 0; i < bins; i++) {
        if (i == 0) {
          index = Varint.readSigned(in);
          first = index;
        } else {
          long distance = Varint.read(in);
          if (distance < 0 || distance >= maxBins) {
            throw new StreamCorruptedException("A distance of " + distance + " between bins");
          }
          index += distance + 1;
        }
        long n = Varint.read(in);
        if (index != (int) index || index - first >= maxBins || n <= 0) {
          throw new StreamCorruptedException("Bin " + index + " after " + first + " counts " + n);
        }
        append((int) index, n);
        sum = Math.addExact(sum, n);
      }
      return sum;
    }

    private void append(int index, long n) {
      insert(size, index, n);
    }

    private void insert(int at, int index, long n) {
      if (size == indexes.length) {
        indexes = Arrays.copyOf(indexes, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
      }
      System.arraycopy(indexes, at, indexes, at + 1, size - at);
      System.arraycopy(counts, at, counts, at + 1, size - at);
      indexes[at] = index;
      counts[at] = n;
      size++;
    }

    private void giveUpBelow(long lowest) {
      int below = 0;
      long n = 0;
      while (indexes[below] < lowest) {
        n += counts[below++];
      }
      if (below == 0) {
        return;
      }
      if (indexes[below] == lowest) {
        counts[below] += n;
      } else {
        below--;
        indexes[below] = (int) lowest;
        counts[below] = n;
      }
      size -= below;
      System.arraycopy(indexes, below, indexes, 0, size);
      System.arraycopy(counts, below, counts, 0, size);
    }
  }
}
