package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;

/** Items that others acted on around the user's recent items, decayed and cosine-normalised. */
final class CovisitSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    for (int rank = 0; rank < context.bestCovisits(); rank++) {
      if (!candidates.propose(context.bestCovisit(rank))) {
        return;
      }
    }
  }
}
