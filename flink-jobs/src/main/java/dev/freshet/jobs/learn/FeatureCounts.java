package dev.freshet.jobs.learn;

import java.nio.ByteBuffer;

/**
 * Counts how the values of each feature are distributed. Bins are half an octave wide, for each
 * sign, and there is one bin for zero and one for unknown (NaN). No edges have to be chosen
 * beforehand, and counts of any rounds can be added up.
 *
 * <p>The population stability index measures how far two distributions p and q are apart. It is the
 * sum over the bins of (q - p) ln(q / p) (Siddiqi, "Credit risk scorecards", 2006). It equals the
 * symmetric Kullback-Leibler divergence (Jeffreys, 1946). By custom, below 0.1 nothing has changed,
 * and above 0.25 much has.
 */
final class FeatureCounts {

  /**
   * Lowest exponent of two at which values are distinguished; {@link #HIGHEST} is the upper limit.
   */
  private static final int LOWEST = -12;

  private static final int HIGHEST = 12;

  /** Number of bins of one sign. */
  private static final int OCTAVES = 2 * (HIGHEST - LOWEST);

  static final int BINS = 2 + 2 * OCTAVES;

  private static final int UNKNOWN = 0;
  private static final int ZERO = 1;
  private static final int FLOAT_BIAS = 127;

  /** All bits but the sign. Those of NaN are greater than those of infinity. */
  private static final int SIZE_BITS = 0x7fffffff;

  private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  /** Added to each bin, so that one that is empty in one of two rounds can be compared. */
  private static final double SMOOTHING = 0.5;

  private final double[] counts;

  FeatureCounts(int features) {
    this(new double[features * BINS]);
  }

  private FeatureCounts(double[] counts) {
    this.counts = counts;
  }

  /** Counts the values of rows. */
  void add(float[] rows, int count) {
    for (int row = 0, at = 0; row < count; row++) {
      for (int bins = 0; bins < counts.length; bins += BINS, at++) {
        counts[bins + bin(rows[at])]++;
      }
    }
  }

  /**
   * Returns the bin of a value, computed from its bits without unpredictable branches: there are
   * very many values.
   */
  static int bin(float value) {
    int bits = Float.floatToRawIntBits(value);
    int size = bits & SIZE_BITS;
    // Exponent and the first bit of the mantissa: two bins for each power of two.
    int octave = (size >>> 22) - 2 * (FLOAT_BIAS + LOWEST);
    int bin = 2 + Math.max(0, Math.min(OCTAVES - 1, octave)) + (bits >>> 31) * OCTAVES;
    bin = size == 0 ? ZERO : bin;
    return size > INFINITY_BITS ? UNKNOWN : bin;
  }

  int features() {
    return counts.length / BINS;
  }

  /** Returns the sum of these counts, faded, and others. */
  FeatureCounts fadedPlus(double factor, FeatureCounts others) {
    double[] sum = new double[counts.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = counts[i] * factor + others.counts[i];
    }
    return new FeatureCounts(sum);
  }

  /**
   * Returns how far the distribution of a feature is from that in others.
   *
   * @return population stability index, from 0; NaN if nothing was counted in one of the two
   */
  double stability(int feature, FeatureCounts others) {
    double sum = total(feature);
    double otherSum = others.total(feature);
    if (sum == 0 || otherSum == 0) {
      return Double.NaN;
    }
    double index = 0;
    for (int i = feature * BINS; i < (feature + 1) * BINS; i++) {
      if (counts[i] == 0 && others.counts[i] == 0) {
        continue;
      }
      double share = (counts[i] + SMOOTHING) / (sum + SMOOTHING);
      double other = (others.counts[i] + SMOOTHING) / (otherSum + SMOOTHING);
      index += (share - other) * StrictMath.log(share / other);
    }
    return index;
  }

  private double total(int feature) {
    double sum = 0;
    for (int i = feature * BINS; i < (feature + 1) * BINS; i++) {
      sum += counts[i];
    }
    return sum;
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(counts.length * Double.BYTES);
    bytes.asDoubleBuffer().put(counts);
    return bytes.array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if it is of another number of features
   */
  static FeatureCounts read(byte[] bytes, int features) {
    if (bytes.length != features * BINS * Double.BYTES) {
      throw new IllegalArgumentException(
          "%d bytes of counts, for %d features they are %d"
              .formatted(bytes.length, features, features * BINS * Double.BYTES));
    }
    FeatureCounts read = new FeatureCounts(features);
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(read.counts);
    return read;
  }
}
