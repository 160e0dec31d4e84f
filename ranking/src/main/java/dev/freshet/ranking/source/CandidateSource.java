package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.RankingContext;

/**
 * Proposes items worth scoring. A source is one class and one line in {@link CandidateSources}; it
 * keeps nothing between requests, so that the same request at the same event time gives the same
 * candidates on every subtask.
 */
public interface CandidateSource {

  /**
   * Proposes items, best first, until it has no more or {@link CandidateSet#propose} says stop.
   *
   * @param context what is known of the request
   * @param quota how many proposals will be taken at most
   * @param candidates takes the proposals
   */
  void propose(RankingContext context, int quota, CandidateSet candidates);
}
