package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.FastLog;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemFact;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.LongTable;
import dev.freshet.ranking.replica.TopItems;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/** How popular the item is with all users, now and in the long run. */
final class PopularityFeatures implements RankingFeature {

  private static final int SHORT_COUNT = ItemFact.SHORT_COUNT.column();
  private static final int LONG_COUNT = ItemFact.LONG_COUNT.column();
  private static final int SHORT_RANK = ItemFact.SHORT_RANK.column();
  private static final int LONG_RANK = ItemFact.LONG_RANK.column();

  /** Added to counts, so that their logarithms separate few actions from none, and little else. */
  private static final double PRIOR_COUNT = 0.1;

  private static final float NO_COUNT = (float) FastLog.log(PRIOR_COUNT);

  @Override
  public List<String> names() {
    return List.of(
        "popularity_short_log_count",
        "popularity_long_log_count",
        "popularity_short_reciprocal_rank",
        "popularity_long_reciprocal_rank");
  }

  @Override
  public float[] unknownItem() {
    return new float[] {NO_COUNT, NO_COUNT, 0, 0};
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    LongTable table = context.replica().facts();
    TopItems popularShort = context.replica().popularShort().top();
    TopItems popularLong = context.replica().popularLong().top();
    double shortFactor = context.shortFactor();
    double longFactor = context.longFactor();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        continue;
      }
      long[] facts = table.chunk(item);
      int fact = table.at(item);
      int at = candidate * width + column;
      double shortCount = Double.longBitsToDouble(facts[fact + SHORT_COUNT]) * shortFactor;
      double longCount = Double.longBitsToDouble(facts[fact + LONG_COUNT]) * longFactor;
      rows[at] = (float) FastLog.log(shortCount + PRIOR_COUNT);
      rows[at + 1] = (float) FastLog.log(longCount + PRIOR_COUNT);
      rows[at + 2] = FeatureMaths.reciprocal(popularShort.listed((int) facts[fact + SHORT_RANK]));
      rows[at + 3] = FeatureMaths.reciprocal(popularLong.listed((int) facts[fact + LONG_RANK]));
    }
  }
}
