package dev.freshet.replay.judge;

/**
 * How well recorded lists were ranked anew, over those with a click.
 *
 * @param rankings all that were asked for
 * @param evaluated those after the warm-up of which at least one item was clicked
 * @param unanswered of these, those that no list came back for; the served order gets 0 for them
 * @param served by the order that came back
 * @param logged by the order in which they were shown when they were recorded
 */
public record RankingMetrics(
    long rankings, long evaluated, long unanswered, Order served, Order logged) {

  /**
   * Means over the evaluated lists; NaN without any.
   *
   * @param ndcgAt10 normalised discounted cumulative gain of the first ten; each clicked item gains
   *     1, over log2(rank + 1)
   * @param mapAt10 average precision of the first ten: the precision at each clicked item among
   *     them, divided by the number of clicked items, at most ten
   * @param mrr 1 / the rank of the first clicked item, at any rank
   */
  public record Order(double ndcgAt10, double mapAt10, double mrr) {}
}
