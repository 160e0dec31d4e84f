package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.TopRows;
import java.util.Set;

/** Items that others went to right after the user's last item, most frequent first. */
final class NextItemSource implements CandidateSource {

  private final TopRows top = new TopRows();

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.TRANSITIONS);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    Evidence evidence = context.evidence();
    top.reset(context.transitionRows());
    top.offerPositive(evidence.transitionShare, context.transitionRows());
    int found = top.sort();
    for (int rank = 0; rank < found; rank++) {
      if (!candidates.propose(evidence.item(top.row(rank)))) {
        return;
      }
    }
  }
}
