package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/** Whether and how lately the user acted on the item. */
final class SeenFeatures implements RankingFeature {

  @Override
  public List<String> names() {
    return List.of("seen", "seen_reciprocal_position", "seen_in_session", "last_item");
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.RECENT_ITEMS);
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    Evidence evidence = context.evidence();
    int inSession = context.recentInSession();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int row = candidates.row(candidate);
      if (row == Evidence.NONE) {
        continue;
      }
      int at = candidate * width + column;
      int position = evidence.seenPosition[row];
      rows[at] = position >= 0 ? 1 : 0;
      rows[at + 1] = FeatureMaths.reciprocal(position);
      rows[at + 2] = position >= 0 && position < inSession ? 1 : 0;
      rows[at + 3] = position == 0 ? 1 : 0;
    }
  }
}
