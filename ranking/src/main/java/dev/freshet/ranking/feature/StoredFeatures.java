package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.source.CandidateSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The numbers that others compute and write to the store: the user's as of the request, the item's
 * as of the item's last change.
 */
final class StoredFeatures implements RankingFeature {

  private final List<String> names;
  private final int itemColumns;

  StoredFeatures(StoreFeatures stored) {
    List<String> all = new ArrayList<>(stored.userNames());
    all.addAll(stored.itemNames());
    names = List.copyOf(all);
    itemColumns = stored.itemNames().size();
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public float[] unknownItem() {
    return new float[0];
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    float[] ofUser = context.request().stored;
    if (names.isEmpty()) {
      return;
    }
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int at = candidate * width + column;
      System.arraycopy(ofUser, 0, rows, at, ofUser.length);
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        Arrays.fill(rows, at + ofUser.length, at + ofUser.length + itemColumns, Float.NaN);
      } else {
        context.replica().stored(item, rows, at + ofUser.length);
      }
    }
  }
}
