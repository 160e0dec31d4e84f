package dev.freshet.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How far means over tests would scatter with other users: users are drawn anew, with replacement
 * and with all of their tests (the cluster bootstrap: Efron and Tibshirani, "An Introduction to the
 * Bootstrap", 1993; Field and Welsh, "Bootstrapping clustered data", Journal of the Royal
 * Statistical Society B 69, 2007). The seed is fixed: the same data give the same figures.
 *
 * <p>Users beyond 20,000 share places by a hash, which bounds the cost. Such a group is drawn as
 * one. That is as valid as drawing single users, since groups made by chance are as independent as
 * users are. For one thread.
 */
final class ClusterBootstrap {

  static final int RESAMPLES = 2_000;
  private static final int MOST_CLUSTERS = 20_000;
  private static final long SEED = 20_260_101;

  private final int values;
  private final int clusters;

  /** Sums of the values by cluster. */
  private final double[] sums;

  private final int[] counts;
  private final boolean grouped;

  /**
   * @param users how many there are
   * @param values how many means are asked for
   */
  ClusterBootstrap(int users, int values) {
    this.values = values;
    grouped = users > MOST_CLUSTERS;
    clusters = Math.min(users, MOST_CLUSTERS);
    sums = new double[clusters * values];
    counts = new int[clusters];
  }

  /**
   * Adds a test: to each of its values {@link #addTo} adds.
   *
   * @return what to hand to it
   */
  int test(int user) {
    int cluster = user;
    if (grouped) {
      // Fibonacci hashing: users come by number in the order of their first action.
      cluster = (int) (((user * 0x9e3779b97f4a7c15L) >>> 33) % clusters);
    }
    counts[cluster]++;
    return cluster;
  }

  void addTo(int cluster, int value, double amount) {
    sums[cluster * values + value] += amount;
  }

  /**
   * A mean over many drawings.
   *
   * @param low 2.5 % quantile
   * @param high 97.5 % quantile
   * @param p two-sided: twice the smaller share of drawings on one side of 0, 0 counted on both
   *     sides, with one more drawing on it (Davison and Hinkley, "Bootstrap Methods and their
   *     Application", 1997, section 4.4)
   */
  record Result(double low, double high, double p) {}

  /** Draws. One result for each value; NaN with fewer than two users. */
  Result[] draw() {
    Result[] results = new Result[values];
    if (clusters < 2) {
      Arrays.fill(results, new Result(Double.NaN, Double.NaN, Double.NaN));
      return results;
    }
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] means = new double[values][RESAMPLES];
    double[] sum = new double[values];
    for (int drawing = 0; drawing < RESAMPLES; drawing++) {
      Arrays.fill(sum, 0);
      long n = 0;
      for (int i = 0; i < clusters; i++) {
        int cluster = random.nextInt(clusters);
        n += counts[cluster];
        for (int value = 0, at = cluster * values; value < values; value++, at++) {
          sum[value] += sums[at];
        }
      }
      for (int value = 0; value < values; value++) {
        means[value][drawing] = n == 0 ? 0 : sum[value] / n;
      }
    }
    for (int value = 0; value < values; value++) {
      results[value] = result(means[value]);
    }
    return results;
  }

  private static Result result(double[] means) {
    Arrays.sort(means);
    int notAbove = 0;
    int notBelow = 0;
    for (double mean : means) {
      notAbove += mean <= 0 ? 1 : 0;
      notBelow += mean >= 0 ? 1 : 0;
    }
    double p = 2.0 * (Math.min(notAbove, notBelow) + 1) / (RESAMPLES + 1);
    return new Result(quantile(means, 0.025), quantile(means, 0.975), Math.min(1, p));
  }

  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    double rest = at - below;
    return rest == 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest;
  }
}
