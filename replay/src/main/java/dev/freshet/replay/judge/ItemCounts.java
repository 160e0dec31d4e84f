package dev.freshet.replay.judge;

import java.util.Arrays;

/** How often each item was acted on, shown and wanted: four numbers an item. */
final class ItemCounts {

  /** So many of a list's items count as shown. */
  static final int SHOWN = 10;

  final Labels<String> labels = new Labels<>();

  private int[] acted = new int[1024];
  private int[] shown = new int[1024];
  private int[] wanted = new int[1024];
  private long actions;

  int numberOf(String item) {
    int number = labels.numberOf(item);
    if (number == acted.length) {
      acted = Arrays.copyOf(acted, 2 * number);
      shown = Arrays.copyOf(shown, 2 * number);
      wanted = Arrays.copyOf(wanted, 2 * number);
    }
    return number;
  }

  void actedOn(int item) {
    acted[item]++;
    actions++;
  }

  /** The item was among the first {@link #SHOWN} of a list. */
  void shown(int item) {
    shown[item]++;
  }

  /** A test asked for the item. */
  void wanted(int item) {
    wanted[item]++;
  }

  /**
   * How unlikely it was, by the actions so far, that one is on the item: -log2 of its share of
   * them, in bits. An item without any counts as if it had one, as its novelty had no bound else.
   * The mean over what is recommended is the novelty of Vargas and Castells, "Rank and relevance in
   * novelty and diversity metrics for recommender systems", RecSys 2011, section 4.1 (there as the
   * popularity complement; in bits as in Castells, Hurley and Vargas, "Novelty and diversity in
   * recommender systems", Recommender Systems Handbook, 2015).
   */
  double novelty(int item) {
    return Math.log(Math.max(1, actions) / (double) Math.max(1, acted[item])) / Math.log(2);
  }

  int size() {
    return labels.size();
  }

  int actionsOn(int item) {
    return acted[item];
  }

  int timesShown(int item) {
    return shown[item];
  }

  int timesWanted(int item) {
    return wanted[item];
  }

  /** Items that were ever shown. */
  int everShown() {
    int count = 0;
    for (int item = 0; item < size(); item++) {
      count += shown[item] > 0 ? 1 : 0;
    }
    return count;
  }

  /**
   * The Gini index of how often the items were shown, those that never were included: 0 where all
   * are shown as often, near 1 where a few have it all (used so for recommendations by Fleder and
   * Hosanagar, "Blockbuster culture's next rise or fall", Management Science 55, 2009). NaN if
   * nothing was shown.
   */
  double gini() {
    int n = size();
    int[] sorted = Arrays.copyOf(shown, n);
    Arrays.sort(sorted);
    double total = 0;
    double weighted = 0;
    for (int i = 0; i < n; i++) {
      total += sorted[i];
      weighted += (2.0 * (i + 1) - n - 1) * sorted[i];
    }
    return total == 0 ? Double.NaN : weighted / (n * total);
  }
}
