package dev.freshet.jobs.evaluate;

import dev.freshet.model.evaluate.ClusteredMean;

/**
 * Tests by groups of users: what intervals are made from that count users and not tests, in bounded
 * memory. A user's group follows from the hash of the id, so all tests of a user are in one, and
 * groups are as independent of each other as users are. The variance of a mean is then that of the
 * groups' sums (random groups: Wolter, "Introduction to Variance Estimation", 2nd edition, 2007,
 * chapter 2). As long as users are few, almost every one has a group of its own; when they are
 * many, the interval's width is that by users but for the noise of {@value #GROUPS} groups, some 2
 * %.
 *
 * <p>Whole numbers, so that their sums do not depend on the order of adding: reciprocal ranks in
 * parts that all of them are multiples of, gains rounded to 2^-32.
 */
public class UserGroups {

  /** How many there are, a power of two. */
  static final int GROUPS = 1 << UserGroups.BITS;

  /** Places of a list that count. */
  static final int DEPTH = 10;

  private static final int BITS = 10;

  /** The least common multiple of the ranks 1 to {@link #DEPTH}. */
  private static final int RECIPROCAL_UNIT = 2520;

  private static final double GAIN_UNIT = 0x1p32;

  /** By rank, counted from 1. */
  private static final long[] GAINS = new long[DEPTH + 1];

  static {
    for (int rank = 1; rank <= DEPTH; rank++) {
      GAINS[rank] = Math.round(GAIN_UNIT * StrictMath.log(2) / StrictMath.log(rank + 1));
    }
  }

  /** Of each group. */
  public int[] tests = new int[GROUPS];

  /** Tests with the item among the first {@link #DEPTH}. */
  public int[] hits = new int[GROUPS];

  public long[] reciprocals = new long[GROUPS];

  public long[] gains = new long[GROUPS];

  public UserGroups() {}

  /**
   * Adds a test.
   *
   * @param user stable hash of the id
   * @param rank of the item, from 1; 0 if it was not there
   */
  void add(long user, int rank) {
    int group = (int) (user >>> (Long.SIZE - BITS));
    tests[group]++;
    if (rank >= 1 && rank <= DEPTH) {
      hits[group]++;
      reciprocals[group] += RECIPROCAL_UNIT / rank;
      gains[group] += GAINS[rank];
    }
  }

  void add(UserGroups others) {
    for (int group = 0; group < GROUPS; group++) {
      tests[group] += others.tests[group];
      hits[group] += others.hits[group];
      reciprocals[group] += others.reciprocals[group];
      gains[group] += others.gains[group];
    }
  }

  /** Groups with a test. */
  int size() {
    int size = 0;
    for (int count : tests) {
      size += count > 0 ? 1 : 0;
    }
    return size;
  }

  /** The tests with the item among the first {@link #DEPTH}, as 0 and 1. */
  ClusteredMean hitRate() {
    ClusteredMean mean = new ClusteredMean(GROUPS);
    for (int group = 0; group < GROUPS; group++) {
      mean.add(group, hits[group], tests[group]);
    }
    return mean;
  }

  /** 1 / rank, 0 beyond {@link #DEPTH}. */
  ClusteredMean mrr() {
    return mean(reciprocals, RECIPROCAL_UNIT);
  }

  /** 1 / log2(1 + rank), 0 beyond {@link #DEPTH}. */
  ClusteredMean ndcg() {
    return mean(gains, GAIN_UNIT);
  }

  private ClusteredMean mean(long[] sums, double unit) {
    ClusteredMean mean = new ClusteredMean(GROUPS);
    for (int group = 0; group < GROUPS; group++) {
      mean.add(group, sums[group] / unit, tests[group]);
    }
    return mean;
  }
}
