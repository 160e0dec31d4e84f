package dev.freshet.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Two sides judged by the same tests, compared metric by metric: the difference with an interval
 * and a p value by {@link ClusterBootstrap}, and for hit rates McNemar's test. For one thread.
 */
public final class PairedRanks {

  private static final RankMetric[] METRICS = RankMetric.values();

  /**
   * A metric of both sides.
   *
   * @param a mean of side A
   * @param b mean of side B
   * @param difference b - a, with its interval by {@link ClusterBootstrap}
   * @param p of the same resamples: how likely so large a difference is if there is none
   * @param onlyA for a hit rate, tests that only side A hit; else 0
   * @param onlyB for a hit rate, tests that only side B hit; else 0
   * @param mcNemar for a hit rate, p value by {@link McNemar}; else NaN
   */
  public record Comparison(
      RankMetric metric,
      double a,
      double b,
      Estimate difference,
      double p,
      long onlyA,
      long onlyB,
      double mcNemar) {}

  private final ClusterBootstrap bootstrap;
  private final boolean[] seen;
  private final double[] sumA = new double[METRICS.length];
  private final double[] sumB = new double[METRICS.length];
  private final long[] onlyA = new long[METRICS.length];
  private final long[] onlyB = new long[METRICS.length];
  private int tests;
  private int users;

  /**
   * @param users how many there are: numbers below this identify one
   */
  public PairedRanks(int users) {
    bootstrap = new ClusterBootstrap(users, METRICS.length);
    seen = new boolean[users];
  }

  /** Adds a test of a user, with the rank of the wanted item on each side. */
  public void add(int user, int rankA, int rankB) {
    tests++;
    users += seen[user] ? 0 : 1;
    seen[user] = true;
    int cluster = bootstrap.test(user);
    for (int metric = 0; metric < METRICS.length; metric++) {
      double a = METRICS[metric].of(rankA);
      double b = METRICS[metric].of(rankB);
      sumA[metric] += a;
      sumB[metric] += b;
      bootstrap.addTo(cluster, metric, b - a);
      onlyA[metric] += a > 0 && b == 0 ? 1 : 0;
      onlyB[metric] += b > 0 && a == 0 ? 1 : 0;
    }
  }

  public int tests() {
    return tests;
  }

  /** How many users made the tests. */
  public int users() {
    return users;
  }

  /** Returns a comparison for each metric, in the order of {@link RankMetric}. */
  public List<Comparison> compare() {
    ClusterBootstrap.Result[] drawn = bootstrap.draw();
    List<Comparison> found = new ArrayList<>(METRICS.length);
    for (int metric = 0; metric < METRICS.length; metric++) {
      boolean hits = METRICS[metric].kind() == RankMetric.Kind.HIT_RATE;
      double a = sumA[metric] / tests;
      double b = sumB[metric] / tests;
      found.add(
          new Comparison(
              METRICS[metric],
              a,
              b,
              new Estimate(b - a, drawn[metric].low(), drawn[metric].high()),
              drawn[metric].p(),
              hits ? onlyA[metric] : 0,
              hits ? onlyB[metric] : 0,
              hits ? McNemar.midP(onlyA[metric], onlyB[metric]) : Double.NaN));
    }
    return List.copyOf(found);
  }
}
