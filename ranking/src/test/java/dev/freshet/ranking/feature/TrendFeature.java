package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.FastLog;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.PopularItems;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/** Logarithm of the item's short-term count per long-term count: higher for what is rising. */
final class TrendFeature implements RankingFeature {

  /** Added to both counts, so that an item without actions has the value 0. */
  private static final double PRIOR_COUNT = 0.1;

  @Override
  public List<String> names() {
    return List.of("popularity_trend");
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    PopularItems shortTerm = context.replica().popularShort();
    PopularItems longTerm = context.replica().popularLong();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        continue;
      }
      double shortCount = shortTerm.weight(item) * context.shortFactor();
      double longCount = longTerm.weight(item) * context.longFactor();
      rows[candidate * width + column] =
          (float) FastLog.log((shortCount + PRIOR_COUNT) / (longCount + PRIOR_COUNT));
    }
  }
}
