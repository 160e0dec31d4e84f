package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/** How often the item was visited together with the user's recent items. */
final class CovisitFeatures implements RankingFeature {

  private static final float PER_REACH = 1f / ItemReplica.COVISIT_REACH;

  @Override
  public List<String> names() {
    return List.of(
        "covisit_score", "covisit_reciprocal_rank", "covisit_log_count", "covisit_recent_items");
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.COVISITS);
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    Evidence evidence = context.evidence();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int row = candidates.row(candidate);
      if (row == Evidence.NONE) {
        continue;
      }
      int at = candidate * width + column;
      rows[at] = (float) evidence.covisitScore[row];
      rows[at + 1] = FeatureMaths.reciprocal(evidence.covisitRank[row]);
      rows[at + 2] = FeatureMaths.logCount(context.covisitCount(row));
      rows[at + 3] = evidence.covisitHits[row] * PER_REACH;
    }
  }
}
