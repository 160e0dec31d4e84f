package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemFact;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.LongTable;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/** Time since the item became known, and time since the last action on it. */
final class ItemTimeFeatures implements RankingFeature {

  private static final int FIRST_SEEN = ItemFact.FIRST_SEEN.column();
  private static final int LAST_ACTION = ItemFact.LAST_ACTION.column();

  @Override
  public List<String> names() {
    return List.of("item_age_log_hours", "item_idle_log_hours");
  }

  @Override
  public float[] unknownItem() {
    return new float[] {Float.NaN, Float.NaN};
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    LongTable table = context.replica().facts();
    long now = context.request().time;
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        continue;
      }
      long[] facts = table.chunk(item);
      int fact = table.at(item);
      int at = candidate * width + column;
      rows[at] = FeatureMaths.logHours(now, facts[fact + FIRST_SEEN]);
      rows[at + 1] = FeatureMaths.logHours(now, facts[fact + LAST_ACTION]);
    }
  }
}
