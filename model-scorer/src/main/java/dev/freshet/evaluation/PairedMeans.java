package dev.freshet.evaluation;

/**
 * Two means over the same independent observations, and the standard error of their difference. As
 * both sides have a value for each observation, what varies is the difference of a pair: a much
 * finer test than a comparison of two intervals. Where observations of one user are alike, the
 * standard error is too small; {@link PairedRanks} draws users instead.
 *
 * @param n how many pairs there are
 * @param sumA sum of the values of side A
 * @param sumB sum of the values of side B
 * @param squaredDifferences sum over the pairs of (a - b)²
 */
public record PairedMeans(long n, double sumA, double sumB, double squaredDifferences) {

  /** No pair. */
  public static final PairedMeans NONE = new PairedMeans(0, 0, 0, 0);

  /** The normal distribution's 95 % quantile: 5 % lie beyond it. */
  private static final double QUANTILE = 1.645;

  /** Returns the means of one pair. */
  public static PairedMeans of(double a, double b) {
    double difference = a - b;
    return new PairedMeans(1, a, b, difference * difference);
  }

  /** Returns the means over both sets of pairs. */
  public PairedMeans plus(PairedMeans other) {
    return new PairedMeans(
        n + other.n,
        sumA + other.sumA,
        sumB + other.sumB,
        squaredDifferences + other.squaredDifferences);
  }

  /** Returns the mean of side A; NaN without a pair, as all means. */
  public double meanA() {
    return sumA / n;
  }

  /** Returns the mean of side B. */
  public double meanB() {
    return sumB / n;
  }

  /** Returns the mean of A minus the mean of B. */
  public double difference() {
    return (sumA - sumB) / n;
  }

  /** Returns the standard error of {@link #difference}; NaN with fewer than two pairs. */
  public double standardError() {
    double mean = difference();
    double variance = (squaredDifferences - n * mean * mean) / (n - 1);
    return Math.sqrt(Math.max(variance, 0) / n);
  }

  /**
   * Whether A is significantly less than B: one-sided, at the 5 % level. Two sides that are as good
   * as each other look so in one case of twenty.
   */
  public boolean isLess() {
    return difference() + QUANTILE * standardError() < 0;
  }
}
