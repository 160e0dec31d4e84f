package dev.freshet.evaluation;

/**
 * The rank rule: which rank a wanted item has among scored items, counted from 1. It never
 * flatters:
 *
 * <ul>
 *   <li>Ties are pessimistic. Among items of equal score the wanted one ranks last, so a model
 *       gains nothing by giving all items the same score.
 *   <li>A score of NaN is a miss for the wanted item. Another item's NaN ranks before the wanted
 *       one.
 *   <li>An item of a list never ranks before its place in the list.
 * </ul>
 */
public final class Rank {

  /** Stands in place of a rank: the item was not there, or its score is NaN. */
  public static final int MISS = 0;

  private Rank() {}

  /**
   * Returns the rank of an item of a list.
   *
   * @param scores one for each place of the list; what lies behind {@code listed} is not read
   * @param listed how many places the list has
   * @param place of the wanted item, counted from 0
   * @return 1 to {@code listed}, or {@link #MISS}
   */
  public static int of(float[] scores, int listed, int place) {
    float score = scores[place];
    if (Float.isNaN(score)) {
      return MISS;
    }
    int notBeaten = 0;
    for (int other = 0; other < listed; other++) {
      if (!(scores[other] < score)) {
        notBeaten++;
      }
    }
    return Math.max(place + 1, notBeaten);
  }

  /**
   * Returns the rank of the best wanted candidate among the candidates that are not wanted.
   *
   * @param labels one for each score; above 0 means wanted
   * @return 1 or more, or {@link #MISS} if no wanted candidate has a score
   */
  public static int ofBest(double[] scores, float[] labels) {
    double best = best(scores, labels);
    if (Double.isNaN(best)) {
      return MISS;
    }
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == 0 && !(scores[i] < best)) {
        rank++;
      }
    }
    return rank;
  }

  /**
   * Returns the rank of the best wanted candidate, estimated from a sample: each candidate counts
   * as often as its weight says.
   *
   * @param labels one for each score; above 0 means wanted
   * @param weights one for each score: how many candidates of the whole list this one stands for
   * @return 1 or more, or {@link #MISS} if no wanted candidate has a score
   */
  public static double ofBest(double[] scores, float[] labels, float[] weights) {
    double best = best(scores, labels);
    if (Double.isNaN(best)) {
      return MISS;
    }
    double rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == 0 && !(scores[i] < best)) {
        rank += weights[i];
      }
    }
    return rank;
  }

  /** The largest score of a wanted candidate; NaN if none has one. */
  private static double best(double[] scores, float[] labels) {
    double best = Double.NaN;
    for (int i = 0; i < scores.length; i++) {
      // True for the first score that is a number, too.
      if (labels[i] > 0 && !Double.isNaN(scores[i]) && !(scores[i] <= best)) {
        best = scores[i];
      }
    }
    return best;
  }
}
