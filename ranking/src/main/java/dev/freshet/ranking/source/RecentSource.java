package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import java.util.Set;

/** What the user acted on lately: many come back to it. */
final class RecentSource implements CandidateSource {

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.RECENT_ITEMS);
  }

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
