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

  private final long[] counts;
  private final double[] means;
  private final double[] squares;

  FeatureNormalizer(int features) {
    counts = new long[features];
    means = new double[features];
    squares = new double[features];
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
    int features = features();
    for (int i = 0; i < rows.length; i++) {
      float value = rows[i];
      if (Float.isFinite(value)) {
        int feature = i % features;
        double before = value - means[feature];
        means[feature] += before / ++counts[feature];
        squares[feature] += before * (value - means[feature]);
      }
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
    float[] means = means();
    float[] scales = scales();
    for (int feature = 0; feature < features; feature++) {
      normalize(rows, feature, features, means[feature], scales[feature], columns[feature], count);
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
      float value = (rows[at] - mean) * scale;
      // Comparisons rather than Math.min and Math.max, which take care of zeros' signs.
      column[row] =
          Float.isNaN(value) ? 0 : value > LIMIT ? LIMIT : value < -LIMIT ? -LIMIT : value;
    }
  }
}
