package dev.freshet.replay.judge;

/**
 * What a list is worth to somebody who wants one item, by the item's rank. With a single wanted
 * item recall is the hit rate, and the ideal gain that NDCG is divided by is 1.
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
    /** 1 where the item is among the first, as many as the depth says. */
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
  }

  /** Ranks behind this do not count in any metric. */
  public static final int DEEPEST = 20;

  private final Kind kind;
  private final int depth;
  private final double[] byRank = new double[DEEPEST + 1];

  RankMetric(Kind kind, int depth) {
    this.kind = kind;
    this.depth = depth;
    for (int rank = 1; rank <= depth; rank++) {
      byRank[rank] =
          switch (kind) {
            case HIT_RATE -> 1;
            case MRR -> 1.0 / rank;
            case NDCG -> Math.log(2) / Math.log(rank + 1);
          };
    }
  }

  public Kind kind() {
    return kind;
  }

  /** How many places of the list count. */
  public int depth() {
    return depth;
  }

  /** As in {@code summary.json}, such as {@code hit_rate@10}. */
  public String key() {
    return kind.key + "@" + depth;
  }

  /** For people, such as {@code Hit rate@10}. */
  public String label() {
    return kind.label + "@" + depth;
  }

  /**
   * The worth of a list, 0 to 1.
   *
   * @param rank of the wanted item, 1 to 20; 0: it was not among the first 20
   */
  public double of(int rank) {
    return byRank[rank];
  }
}
