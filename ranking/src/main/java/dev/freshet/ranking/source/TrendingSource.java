package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;

/** What everyone acts on now, by the count with the short half-life. */
final class TrendingSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    PopularSource.propose(context.replica().popularShort(), candidates);
  }
}
