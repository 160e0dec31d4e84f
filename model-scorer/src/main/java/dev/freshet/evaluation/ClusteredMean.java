package dev.freshet.evaluation;

import java.util.Arrays;

/**
 * A mean over observations that are alike within a user, and its 95 % interval. What a user does
 * next is like what the same user did before: ten tests of one user carry less information than ten
 * tests of ten users, and an interval that takes them for independent is too narrow. So the
 * variance is that of the users' sums (the sandwich estimate for a ratio of sums, with the factor G
 * / (G - 1) for G users; Cameron and Miller, "A practitioner's guide to cluster-robust inference",
 * Journal of Human Resources 50, 2015, section II), which needs no model of how alike they are.
 *
 * <p>Memory: 20 bytes for each user that there is. Used again after {@link #clear}, whose cost is
 * that of the users that were added. For one thread.
 */
public final class ClusteredMean {

  /** The normal distribution's 97.5 % quantile. */
  private static final double Z = 1.959963984540054;

  private final double[] sums;
  private final double[] weights;
  private final int[] touched;
  private int clusters;

  /**
   * @param users how many there are: numbers below this identify one
   */
  public ClusteredMean(int users) {
    sums = new double[users];
    weights = new double[users];
    touched = new int[users];
  }

  /** Adds an observation. */
  public void add(int user, double value) {
    add(user, value, 1);
  }

  /**
   * Adds the weighted sum of some observations of a user.
   *
   * @param sum of weight times value
   * @param weight sum of the weights: how many observations there are, or how many they stand for
   */
  public void add(int user, double sum, double weight) {
    if (weight == 0) {
      return;
    }
    if (weights[user] == 0) {
      touched[clusters++] = user;
    }
    sums[user] += sum;
    weights[user] += weight;
  }

  /** Forgets all observations. */
  public void clear() {
    for (int i = 0; i < clusters; i++) {
      sums[touched[i]] = 0;
      weights[touched[i]] = 0;
    }
    clusters = 0;
  }

  /** Returns how many users have an observation. */
  public int users() {
    return clusters;
  }

  /** Returns how many observations there are, or the sum of their weights. */
  public double observations() {
    double n = 0;
    for (int i = 0; i < clusters; i++) {
      n += weights[touched[i]];
    }
    return n;
  }

  private double mean(double n) {
    // In the order of the numbers, so that the digits do not depend on the order of adding.
    Arrays.sort(touched, 0, clusters);
    double sum = 0;
    for (int i = 0; i < clusters; i++) {
      sum += sums[touched[i]];
    }
    return sum / n;
  }

  /** Variance of the mean; NaN with fewer than two users. */
  private double variance(double mean, double n) {
    if (clusters < 2) {
      return Double.NaN;
    }
    double squares = 0;
    for (int i = 0; i < clusters; i++) {
      double residual = sums[touched[i]] - mean * weights[touched[i]];
      squares += residual * residual;
    }
    return squares / n / n * clusters / (clusters - 1);
  }

  /** Returns the mean, plus and minus 1.96 standard errors. */
  public Estimate normal() {
    double n = observations();
    if (n == 0) {
      return Estimate.NONE;
    }
    double mean = mean(n);
    double reach = Z * Math.sqrt(variance(mean, n));
    return new Estimate(mean, mean - reach, mean + reach);
  }

  /**
   * Returns the share of ones among observations of 0 and 1, with Wilson's interval (Journal of the
   * American Statistical Association 22, 1927), which stays within 0 and 1 and keeps its 95 % for
   * small shares, where the normal interval does not. The number of observations that it uses is
   * the effective one: how many independent observations would have the same variance, at most
   * those that there are (Franco, Little, Louis and Slud, "Comparative study of confidence
   * intervals for proportions in complex sample surveys", Journal of Survey Statistics and
   * Methodology 7, 2019).
   */
  public Estimate wilson() {
    double n = observations();
    if (n == 0) {
      return Estimate.NONE;
    }
    double share = mean(n);
    double independent = share * (1 - share) / n;
    double design = variance(share, n) / independent;
    // NaN where all observations are equal, or of one user: how alike they are is unknown.
    return wilson(share, design > 1 ? n / design : n);
  }

  /** Returns Wilson's interval of a share of independent observations. */
  public static Estimate wilson(double share, double n) {
    double z2 = Z * Z;
    double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    double reach = Z / (1 + z2 / n) * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return new Estimate(
        share,
        Math.max(0, Math.min(share, centre - reach)),
        Math.min(1, Math.max(share, centre + reach)));
  }
}
