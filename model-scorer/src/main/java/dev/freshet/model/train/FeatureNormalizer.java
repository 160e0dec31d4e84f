package dev.freshet.model.train;

/**
 * Brings every feature to mean 0 and deviation 1, with running statistics (Welford, "Note on a
 * method for calculating corrected sums of squares and products", Technometrics 4, 1962). A
 * normalised value is (x - mean) * scale in binary32, then 0 if that is NaN, then clipped to {@link
 * #LIMIT} deviations: finite for every input, and one absurd value can't dominate a score. {@link
 * OnnxExport} writes the same steps.
 */
final class FeatureNormalizer {
  /** Largest normalised value, in standard deviations. */
  static final float LIMIT = 10;

  /** A deviation below this share of the mean is rounding of binary32, not information. */
  private static final double ROUNDING = 1e-6;

  private static final int SIZE_BITS = 0x7fffffff;

  /** Sizes of floats are in the order of their bits; those of NaN are above all. */
  private static final int LIMIT_BITS = Float.floatToRawIntBits(LIMIT);

  private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final long[] counts;
  private final double[] means;
  private final double[] squares;

  // Scratch: a row, and the counts.
  private final double[] values;
  private final double[] numbers;

  /** Cached constants of {@link #normalize}; null after new values were observed. */
  private float[] knownMeans;

  private float[] knownScales;

  FeatureNormalizer(int features) {
    counts = new long[features];
    means = new double[features];
    squares = new double[features];
    values = new double[features];
    numbers = new double[features];
  }

  int features() {
    return counts.length;
  }

  FeatureNormalizer copy() {
    FeatureNormalizer copy = new FeatureNormalizer(features());
    copy.merge(this);
    return copy;
  }

  /** Whether no value has been observed. */
  boolean isEmpty() {
    for (long count : counts) {
      if (count > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Adds statistics of other rows (Chan, Golub and LeVeque, "Algorithms for computing the sample
   * variance", The American Statistician 37, 1983). The last bits depend on the order of merges.
   */
  void merge(FeatureNormalizer other) {
    knownMeans = null;
    for (int feature = 0; feature < features(); feature++) {
      long added = other.counts[feature];
      if (added == 0) {
        continue;
      }
      long count = counts[feature] + added;
      double shift = other.means[feature] - means[feature];
      double share = (double) added / count;
      squares[feature] += other.squares[feature] + shift * shift * share * counts[feature];
      // The mean of what was empty is the other's to the bit.
      means[feature] = counts[feature] == 0 ? other.means[feature] : means[feature] + shift * share;
      counts[feature] = count;
    }
  }

  void write(CheckedBytes.Writer writer) {
    for (int feature = 0; feature < features(); feature++) {
      writer.putLong(counts[feature]);
    }
    writer.putDoubles(means);
    writer.putDoubles(squares);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if these are no statistics
   */
  static FeatureNormalizer read(int features, CheckedBytes.Reader reader) {
    FeatureNormalizer normalizer = new FeatureNormalizer(features);
    for (int feature = 0; feature < features; feature++) {
      normalizer.counts[feature] = reader.getLong();
    }
    System.arraycopy(reader.getDoubles(features), 0, normalizer.means, 0, features);
    System.arraycopy(reader.getDoubles(features), 0, normalizer.squares, 0, features);
    for (int feature = 0; feature < features; feature++) {
      reader.require(
          normalizer.counts[feature] >= 0
              && Double.isFinite(normalizer.means[feature])
              && normalizer.squares[feature] >= 0
              && Double.isFinite(normalizer.squares[feature]),
          "statistics of a feature are not those of numbers");
    }
    return normalizer;
  }

  /** Adds rows to the statistics; NaN and infinite values are left out. */
  void observe(float[] rows) {
    knownMeans = null;
    int features = features();
    // Conversions apart from the divisions: on x86 each would wait for what was in its register.
    for (int feature = 0; feature < features; feature++) {
      numbers[feature] = counts[feature];
    }
    for (int row = 0; row < rows.length; row += features) {
      for (int feature = 0; feature < features; feature++) {
        values[feature] = rows[row + feature];
      }
      for (int feature = 0; feature < features; feature++) {
        double value = values[feature];
        if (Double.isFinite(value)) {
          double number = numbers[feature] + 1;
          double before = value - means[feature];
          double mean = means[feature] + before / number;
          numbers[feature] = number;
          means[feature] = mean;
          squares[feature] += before * (value - mean);
        }
      }
    }
    for (int feature = 0; feature < features; feature++) {
      counts[feature] = (long) numbers[feature];
    }
  }

  /** Means of the features, as they are subtracted. */
  float[] means() {
    float[] result = new float[features()];
    for (int feature = 0; feature < result.length; feature++) {
      result[feature] = (float) means[feature];
    }
    return result;
  }

  /**
   * Factors after the subtraction: 1 / deviation, or 0 for a feature that was never seen to vary
   * and so is ignored.
   */
  float[] scales() {
    float[] result = new float[features()];
    for (int feature = 0; feature < result.length; feature++) {
      double deviation = Math.sqrt(squares[feature] / Math.max(counts[feature], 1));
      if (deviation > ROUNDING * Math.abs(means[feature])) {
        result[feature] = (float) Math.min(1 / deviation, Float.MAX_VALUE);
      }
    }
    return result;
  }

  /**
   * Normalises rows.
   *
   * @param columns for each feature, receives a value per row
   */
  void normalize(float[] rows, int count, double[][] columns) {
    int features = features();
    if (knownMeans == null) {
      knownMeans = means();
      knownScales = scales();
    }
    for (int feature = 0; feature < features; feature++) {
      normalize(
          rows,
          feature,
          features,
          knownMeans[feature],
          knownScales[feature],
          columns[feature],
          count);
    }
  }

  private static void normalize(
      float[] rows,
      int feature,
      int features,
      float mean,
      float scale,
      double[] column,
      int count) {
    for (int row = 0, at = feature; row < count; row++, at += features) {
      // By bits, which takes no branch: where values are unknown is not to be predicted.
      int bits = Float.floatToRawIntBits((rows[at] - mean) * scale);
      int size = bits & SIZE_BITS;
      int clipped = Math.min(size, LIMIT_BITS) | (bits & ~SIZE_BITS);
      column[row] = Float.intBitsToFloat(size > INFINITY_BITS ? 0 : clipped);
    }
  }
}
