package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/** How strongly the item follows the user's last items. */
final class TransitionFeatures implements RankingFeature {

  @Override
  public List<String> names() {
    return List.of("transition_share", "transition_reciprocal_rank", "transition_score");
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.TRANSITIONS);
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
      rows[at] = (float) evidence.transitionShare[row];
      rows[at + 1] = FeatureMaths.reciprocal(evidence.transitionRank[row]);
      rows[at + 2] = (float) evidence.transitionScore[row];
    }
  }
}
