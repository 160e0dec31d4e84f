package dev.freshet.evaluation;

import java.util.function.IntToDoubleFunction;

/**
 * Tests by groups of users: the counts that intervals over users are made from, in bounded memory.
 * A user's group follows from the hash of the id, so all tests of a user are in one group, and
 * groups are as independent of each other as users are. The variance of a mean is then that of the
 * groups' sums (random groups: Wolter, "Introduction to Variance Estimation", 2nd edition, 2007,
 * chapter 2). As long as there are few users, almost every one has a group of its own; with many
 * users, the interval's width is that by users but for the noise of {@value #GROUPS} groups, some 2
 * %.
 *
 * <p>All sums are whole numbers, so that they do not depend on the order of adding: reciprocal
 * ranks in units of which each is a multiple, gains rounded to 2^-32. The fields are public, and
 * not final, because instances are state of the job.
 */
public class UserGroups {

  /** How many groups there are, a power of two. */
  public static final int GROUPS = 1 << UserGroups.BITS;

  /** Places of a list that count. */
  private static final int DEPTH = RankMetric.SHOWN;

  private static final int BITS = 10;

  /** The least common multiple of the ranks 1 to 10. */
  private static final int RECIPROCAL_UNIT = 2520;

  private static final double GAIN_UNIT = 0x1p32;

  /** Reciprocals by rank, counted from 1. */
  private static final long[] RECIPROCALS = units(RankMetric.MRR_10, RECIPROCAL_UNIT);

  private static final long[] GAINS = units(RankMetric.NDCG_10, GAIN_UNIT);

  /** How many tests each group has. */
  public int[] tests = new int[GROUPS];

  /** Tests with the item among the first {@link #DEPTH}. */
  public int[] hits = new int[GROUPS];

  public long[] reciprocals = new long[GROUPS];

  public long[] gains = new long[GROUPS];

  public UserGroups() {}

  private static long[] units(RankMetric metric, double unit) {
    long[] units = new long[DEPTH + 1];
    for (int rank = 1; rank <= DEPTH; rank++) {
      units[rank] = Math.round(unit * metric.of(rank));
    }
    return units;
  }

  /**
   * Adds a test.
   *
   * @param user stable hash of the id
   * @param rank of the item, from 1, or {@link Rank#MISS}
   */
  public void add(long user, int rank) {
    int group = (int) (user >>> (Long.SIZE - BITS));
    tests[group]++;
    if (rank >= 1 && rank <= DEPTH) {
      hits[group]++;
      reciprocals[group] += RECIPROCALS[rank];
      gains[group] += GAINS[rank];
    }
  }

  /** Adds the tests of others. */
  public void add(UserGroups others) {
    for (int group = 0; group < GROUPS; group++) {
      tests[group] += others.tests[group];
      hits[group] += others.hits[group];
      reciprocals[group] += others.reciprocals[group];
      gains[group] += others.gains[group];
    }
  }

  /** Returns how many groups have a test. */
  public int size() {
    int size = 0;
    for (int count : tests) {
      size += count > 0 ? 1 : 0;
    }
    return size;
  }

  /** Returns the hit rate among the first ten places. */
  public Estimate hitRate() {
    return estimate(RankMetric.HIT_RATE_10, group -> hits[group]);
  }

  /** Returns the mean reciprocal rank, 0 beyond ten places. */
  public Estimate mrr() {
    return estimate(RankMetric.MRR_10, group -> reciprocals[group] / (double) RECIPROCAL_UNIT);
  }

  /** Returns the normalised discounted cumulative gain of the first ten places. */
  public Estimate ndcg() {
    return estimate(RankMetric.NDCG_10, group -> gains[group] / GAIN_UNIT);
  }

  private Estimate estimate(RankMetric metric, IntToDoubleFunction sum) {
    ClusteredMean mean = new ClusteredMean(GROUPS);
    for (int group = 0; group < GROUPS; group++) {
      mean.add(group, sum.applyAsDouble(group), tests[group]);
    }
    return metric.estimate(mean);
  }
}
