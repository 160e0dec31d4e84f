package dev.freshet.evaluation;

import java.util.Arrays;

/** What lists show, whatever users did next: coverage, concentration and novelty. */
public final class BeyondAccuracy {

  private static final double LN2 = Math.log(2);

  private BeyondAccuracy() {}

  /** Returns the share of the known items that were shown, at most 1; NaN if none is known. */
  public static double coverage(long shown, long known) {
    return known == 0 ? Double.NaN : Math.min(1, (double) shown / known);
  }

  /**
   * Returns the Gini index of how often items were shown: 0 where all were shown as often as each
   * other, near 1 where a few items have all places (used so for recommendations by Fleder and
   * Hosanagar, "Blockbuster culture's next rise or fall", Management Science 55, 2009).
   *
   * @param shown how often each item was shown, items that never were included
   * @return NaN if nothing was shown
   */
  public static double gini(int[] shown) {
    int n = shown.length;
    int[] sorted = shown.clone();
    Arrays.sort(sorted);
    double total = 0;
    double weighted = 0;
    for (int i = 0; i < n; i++) {
      total += sorted[i];
      weighted += (2.0 * (i + 1) - n - 1) * sorted[i];
    }
    return total == 0 ? Double.NaN : weighted / (n * total);
  }

  /**
   * Returns the novelty of an item: -log2 of its share of the actions so far, in bits. An item
   * without an action counts as if it had one, because its novelty would have no bound otherwise.
   *
   * <p>The mean over what is recommended is the novelty of Vargas and Castells, "Rank and relevance
   * in novelty and diversity metrics for recommender systems", RecSys 2011, section 4.1 (there as
   * the popularity complement; in bits as in Castells, Hurley and Vargas, "Novelty and diversity in
   * recommender systems", Recommender Systems Handbook, 2015).
   *
   * @param onItem actions on the item so far
   * @param all actions on any item so far
   */
  public static double novelty(long onItem, long all) {
    return Math.log(Math.max(1, all) / (double) Math.max(1, onItem)) / LN2;
  }
}
