package dev.freshet.model.train;

import java.util.Arrays;

/**
 * One ranked list with its outcome: a row of features and a label per candidate. The arrays are not
 * copied and must not be changed afterwards.
 */
public final class RankingExample {
  private final float[] rows;
  private final int count;
  private final float[] labels;
  private final float[] weights;

  /**
   * A list of which every candidate was kept.
   *
   * @param rows count x features values, row-major; NaN marks an unknown feature
   * @param count how many candidates, at least 1
   * @param labels one per candidate, from 0: how much the candidate was wanted; nothing is learned
   *     from a list without a positive one
   * @throws IllegalArgumentException if the lengths don't fit or a label is negative or not finite
   */
  public RankingExample(float[] rows, int count, float[] labels) {
    this(rows, count, labels, ones(count));
  }

  /**
   * A list of which candidates were sampled.
   *
   * @param weights one per candidate, above 0: how many candidates of the whole list it stands for,
   *     that is 1 / the probability with which it was kept
   * @throws IllegalArgumentException if the lengths don't fit, a label is negative or not finite,
   *     or a weight is not above 0 and finite
   */
  public RankingExample(float[] rows, int count, float[] labels, float[] weights) {
    if (count < 1 || rows.length == 0 || rows.length % count != 0) {
      throw new IllegalArgumentException(
          "%d values are not %d rows of equal length".formatted(rows.length, count));
    }
    if (labels.length != count || weights.length != count) {
      throw new IllegalArgumentException(
          "%d rows have %d labels and %d weights; one of each per row is needed"
              .formatted(count, labels.length, weights.length));
    }
    for (int i = 0; i < count; i++) {
      if (!(labels[i] >= 0 && labels[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "label %s of row %d; labels are finite, from 0".formatted(labels[i], i));
      }
      if (!(weights[i] > 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight %s of row %d; weights are finite, above 0".formatted(weights[i], i));
      }
    }
    this.rows = rows;
    this.count = count;
    this.labels = labels;
    this.weights = weights;
  }

  private static float[] ones(int count) {
    float[] ones = new float[Math.max(count, 0)];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Returns how many candidates the list has. */
  public int count() {
    return count;
  }

  /** Returns how many features a row has. */
  public int features() {
    return rows.length / count;
  }

  /** Whether any label is above 0. */
  public boolean hasPositive() {
    for (float label : labels) {
      if (label > 0) {
        return true;
      }
    }
    return false;
  }

  /** The features, row-major: count x features values. Not to be changed. */
  public float[] rows() {
    return rows;
  }

  float[] labels() {
    return labels;
  }

  float[] weights() {
    return weights;
  }
}
