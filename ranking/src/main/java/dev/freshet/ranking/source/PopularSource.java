package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.PopularItems;

/** What everyone acts on: the classics, by the count with the long half-life. */
final class PopularSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    propose(context.replica().popularLong(), candidates);
  }

  /** Proposes a list from its head on. */
  static void propose(PopularItems popular, CandidateSet candidates) {
    for (int rank = 0; rank < popular.size(); rank++) {
      if (!candidates.propose(popular.item(rank))) {
        return;
      }
    }
  }
}
