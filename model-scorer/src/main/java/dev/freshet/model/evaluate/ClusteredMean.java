package dev.freshet.model.evaluate;

import java.util.Arrays;

/**
 * A mean over observations of which those of one user are alike, and its 95 % interval. What a user
 * does next is like what the same user did before: ten tests of one user tell less than ten of ten
 * users, and an interval that takes them for independent is too narrow. So the variance is that of
 * the users' sums (the sandwich estimate for a ratio of sums, with the factor G / (G - 1) for G
 * users; Cameron and Miller, "A practitioner's guide to cluster-robust inference", Journal of Human
 * Resources 50, 2015, section II), which needs no model of how alike they are.
 *
 * <p>Memory: 16 bytes for each user that there is. Used again after {@link #clear}, whose cost is
 * that of the users that were added. For one thread.
 */
public final class ClusteredMean {

  /** The normal distribution's 97.5 % quantile. */
  public static final double Z = 1.959963984540054;

  private final double[] sums;
  private final int[] counts;
  private final int[] touched;
  private int clusters;

  /**
   * @param users how many there are: numbers below this name one
   */
  public ClusteredMean(int users) {
    sums = new double[users];
    counts = new int[users];
    touched = new int[users];
  }

  /** Adds an observation. */
  public void add(int user, double value) {
    add(user, value, 1);
  }

  /** Adds the sum of some observations of a user. */
  public void add(int user, double sum, int count) {
    if (count == 0) {
      return;
    }
    if (counts[user] == 0) {
      touched[clusters++] = user;
    }
    sums[user] += sum;
    counts[user] += count;
  }

  public void clear() {
    for (int i = 0; i < clusters; i++) {
      sums[touched[i]] = 0;
      counts[touched[i]] = 0;
    }
    clusters = 0;
  }

  /** Users with an observation. */
  public int users() {
    return clusters;
  }

  public long observations() {
    long n = 0;
    for (int i = 0; i < clusters; i++) {
      n += counts[touched[i]];
    }
    return n;
  }

  private double mean(long n) {
    // In the order of the numbers, so that the digits do not depend on what was added when.
    Arrays.sort(touched, 0, clusters);
    double sum = 0;
    for (int i = 0; i < clusters; i++) {
      sum += sums[touched[i]];
    }
    return sum / n;
  }

  /** Variance of the mean; NaN with fewer than two users. */
  private double variance(double mean, long n) {
    if (clusters < 2) {
      return Double.NaN;
    }
    double squares = 0;
    for (int i = 0; i < clusters; i++) {
      double residual = sums[touched[i]] - mean * counts[touched[i]];
      squares += residual * residual;
    }
    return squares / n / n * clusters / (clusters - 1);
  }

  /** The mean, plus and minus 1.96 standard errors. */
  public Estimate normal() {
    long n = observations();
    if (n == 0) {
      return Estimate.NONE;
    }
    double mean = mean(n);
    double reach = Z * Math.sqrt(variance(mean, n));
    return new Estimate(mean, mean - reach, mean + reach);
  }

  /**
   * The share of ones among observations of 0 and 1, with Wilson's interval (Journal of the
   * American Statistical Association 22, 1927), which stays within 0 and 1 and holds its 95 % for
   * small shares, where plus and minus do not. For the number of observations it takes the one that
   * as many independent ones would need for the same variance, at most those that there are: how
   * Franco, Little, Louis and Slud do it for samples of clusters ("Comparative study of confidence
   * intervals for proportions in complex sample surveys", Journal of Survey Statistics and
   * Methodology 7, 2019).
   */
  public Estimate wilson() {
    long n = observations();
    if (n == 0) {
      return Estimate.NONE;
    }
    double share = mean(n);
    double independent = share * (1 - share) / n;
    double design = variance(share, n) / independent;
    // NaN where all observations are equal, or of one user: nothing tells how alike they are.
    return wilson(share, design > 1 ? n / design : n);
  }

  /** Wilson's interval of a share of independent observations. */
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
