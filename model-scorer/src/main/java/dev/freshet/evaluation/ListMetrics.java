package dev.freshet.evaluation;

/**
 * Metrics of one list of which several items may be relevant.
 *
 * @param ndcg normalised discounted cumulative gain of the first places: each relevant item gains 1
 *     / log2(rank + 1), and the sum is divided by that of an ideal order
 * @param averagePrecision the precision at each relevant item among the first places, divided by
 *     the number of relevant items, at most as many as places count; its mean over lists is MAP
 * @param reciprocalRank 1 / rank of the first relevant item, at any rank; 0 without one
 */
public record ListMetrics(double ndcg, double averagePrecision, double reciprocalRank) {

  /**
   * Returns the metrics of a list.
   *
   * @param relevant whether the item at each place is, the first place first
   * @param all how many items are relevant, in the list or not; at least 1
   * @param depth how many places count for NDCG and average precision
   */
  public static ListMetrics of(boolean[] relevant, int all, int depth) {
    double gain = 0;
    double precisions = 0;
    double reciprocal = 0;
    int found = 0;
    for (int rank = 1; rank <= relevant.length; rank++) {
      if (!relevant[rank - 1]) {
        continue;
      }
      found++;
      if (found == 1) {
        reciprocal = RankMetric.Kind.MRR.gain(rank);
      }
      if (rank <= depth) {
        gain += RankMetric.Kind.NDCG.gain(rank);
        precisions += (double) found / rank;
      }
    }
    double ideal = 0;
    int most = Math.min(depth, all);
    for (int rank = 1; rank <= most; rank++) {
      ideal += RankMetric.Kind.NDCG.gain(rank);
    }
    return new ListMetrics(gain / ideal, precisions / most, reciprocal);
  }
}
