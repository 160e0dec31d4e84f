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
   * @param columns receives feature 0 of all rows, then feature 1 of all rows, and so on
   */
  void normalize(float[] rows, int count, double[] columns) {
    int features = features();
    float[] means = means();
    float[] scales = scales();
    for (int feature = 0; feature < features; feature++) {
      float mean = means[feature];
      float scale = scales[feature];
      for (int row = 0; row < count; row++) {
        float value = (rows[row * features + feature] - mean) * scale;
        columns[feature * count + row] =
            Float.isNaN(value) ? 0 : Math.max(-LIMIT, Math.min(LIMIT, value));
      }
    }
  }
}
