package dev.freshet.evaluation;

/**
 * A metric of a list of which one item is wanted, by the item's {@link Rank}. With one wanted item
 * recall is the hit rate, MAP is MRR, and the ideal gain that NDCG is divided by is 1. Lists of
 * which several items are wanted have {@link ListMetrics}.
 *
 * <p>NDCG after Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
 */
public enum RankMetric {
  HIT_RATE_5(Kind.HIT_RATE, 5),
  HIT_RATE_10(Kind.HIT_RATE, 10),
  HIT_RATE_20(Kind.HIT_RATE, 20),
  MRR_5(Kind.MRR, 5),
  MRR_10(Kind.MRR, 10),
  MRR_20(Kind.MRR, 20),
  NDCG_5(Kind.NDCG, 5),
  NDCG_10(Kind.NDCG, 10),
  NDCG_20(Kind.NDCG, 20);

  /** What is averaged over the tests. */
  public enum Kind {
    /** 1 for every rank. */
    HIT_RATE("hit_rate", "Hit rate"),
    /** 1 / rank. */
    MRR("mrr", "MRR"),
    /** 1 / log2(rank + 1). */
    NDCG("ndcg", "NDCG");

    private final String key;
    private final String label;

    Kind(String key, String label) {
      this.key = key;
      this.label = label;
    }

    /**
     * Returns the gain of a rank at any depth, 0 to 1.
     *
     * @param rank 1 or more, not necessarily whole if it is estimated; {@link Rank#MISS} gains 0
     */
    public double gain(double rank) {
      if (rank == Rank.MISS) {
        return 0;
      }
      return switch (this) {
        case HIT_RATE -> 1;
        case MRR -> 1 / rank;
        case NDCG -> Math.log(2) / Math.log(rank + 1);
      };
    }
  }

  /** Ranks behind this count as misses in every metric. */
  public static final int DEEPEST = 20;

  /** The depth of the main figures. So many places of a list count as shown. */
  public static final int SHOWN = 10;

  private final Kind kind;
  private final int depth;
  private final double[] byRank;

  RankMetric(Kind kind, int depth) {
    this.kind = kind;
    this.depth = depth;
    byRank = new double[depth + 1];
    for (int rank = 1; rank <= depth; rank++) {
      byRank[rank] = kind.gain(rank);
    }
  }

  public Kind kind() {
    return kind;
  }

  /** How many places of the list count. */
  public int depth() {
    return depth;
  }

  /** Returns the key in {@code summary.json}, such as {@code hit_rate@10}. */
  public String key() {
    return kind.key + "@" + depth;
  }

  /** Returns the name for people, such as {@code Hit rate@10}. */
  public String label() {
    return kind.label + "@" + depth;
  }

  /**
   * Returns the gain of a rank, 0 to 1.
   *
   * @param rank from 1, or {@link Rank#MISS}; ranks behind the depth gain 0
   */
  public double of(int rank) {
    return rank <= depth ? byRank[rank] : 0;
  }

  /**
   * Returns the mean over tests that were counted by rank; NaN without tests.
   *
   * @param ranks how many tests came to rank 1, 2 and so on, at least up to the depth
   * @param tests how many there were, misses included
   */
  public double mean(long[] ranks, long tests) {
    double sum = 0;
    for (int rank = 1; rank <= depth; rank++) {
      sum += ranks[rank - 1] * byRank[rank];
    }
    return sum / tests;
  }

  /**
   * Returns the mean with the interval that suits the metric: Wilson's for a hit rate, the normal
   * one for the others.
   *
   * @param gains of the tests, as {@link #of} gives them
   */
  public Estimate estimate(ClusteredMean gains) {
    return kind == Kind.HIT_RATE ? gains.wilson() : gains.normal();
  }
}
