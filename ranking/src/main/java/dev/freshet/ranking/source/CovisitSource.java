package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import java.util.Set;

/** Items that others acted on around the user's recent items, decayed and cosine-normalised. */
final class CovisitSource implements CandidateSource {

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.COVISITS);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    for (int rank = 0; rank < context.bestCovisits(); rank++) {
      if (!candidates.propose(context.bestCovisit(rank))) {
        return;
      }
    }
  }
}
