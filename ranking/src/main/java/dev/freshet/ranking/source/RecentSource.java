package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;

/** What the user acted on lately: many come back to it. */
final class RecentSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    for (int position = 0; position < context.recentItems(); position++) {
      int item = context.recentItem(position);
      if (item != ItemIndex.ABSENT && !candidates.propose(item)) {
        return;
      }
    }
  }
}
