package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.TopRows;
import java.util.Set;

/** Items that others went to right after the user's last items, decayed. */
final class TransitionSource implements CandidateSource {

  private final TopRows top = new TopRows();

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.TRANSITIONS);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    Evidence evidence = context.evidence();
    // Not the quota: what the placement doesn't allow is passed over and costs nothing.
    top.reset(context.transitionRows());
    top.offerPositive(evidence.transitionScore, context.transitionRows());
    int selected = top.sort();
    for (int rank = 0; rank < selected; rank++) {
      if (!candidates.propose(evidence.item(top.row(rank)))) {
        return;
      }
    }
  }
}
