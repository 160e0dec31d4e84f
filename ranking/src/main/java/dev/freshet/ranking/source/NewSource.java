package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.TopItems;

/** The items that became known last, which have no evidence yet. */
final class NewSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    TopItems newItems = context.replica().newItems();
    for (int rank = 0; rank < newItems.size(); rank++) {
      if (!candidates.propose(newItems.item(rank))) {
        return;
      }
    }
  }
}
