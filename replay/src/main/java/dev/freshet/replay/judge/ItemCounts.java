package dev.freshet.replay.judge;

import dev.freshet.evaluation.BeyondAccuracy;
import dev.freshet.evaluation.RankMetric;
import java.util.Arrays;

/** How often each item was acted on, shown and wanted: four numbers an item. */
final class ItemCounts {

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

  /** The item was among the first {@link RankMetric#SHOWN} of a list. */
  void shown(int item) {
    shown[item]++;
  }

  /** A test asked for the item. */
  void wanted(int item) {
    wanted[item]++;
  }

  /** Returns the item's novelty by the actions so far, in bits. */
  double novelty(int item) {
    return BeyondAccuracy.novelty(acted[item], actions);
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

  /** Returns the Gini index of how often the known items were shown; NaN if nothing was. */
  double gini() {
    return BeyondAccuracy.gini(Arrays.copyOf(shown, size()));
  }
}
