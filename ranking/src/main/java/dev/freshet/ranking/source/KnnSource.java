package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import java.util.Set;

/** What is in the sessions most like the user's. */
final class KnnSource implements CandidateSource {

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.NEAREST_SESSIONS);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    for (int rank = 0; rank < context.bestKnn(); rank++) {
      if (!candidates.propose(context.bestKnn(rank))) {
        return;
      }
    }
  }
}
