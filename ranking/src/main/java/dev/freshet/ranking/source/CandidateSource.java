package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import java.util.List;
import java.util.Set;

/**
 * Proposes items worth scoring. A source is one class and one line in {@link CandidateSources}.
 *
 * <p>An instance serves one placement in one thread and may keep arrays for reuse. It keeps no
 * state from request to request, so that the same request at the same event time has the same
 * candidates on every subtask.
 */
public interface CandidateSource {

  /**
   * The kinds of evidence that {@link #propose} reads. What the replica itself holds, such as
   * popularity, needs no evidence.
   */
  default Set<EvidenceKind> needs() {
    return Set.of();
  }

  /**
   * The attributes of items that {@link #propose} reads; the replica keeps only such attributes.
   */
  default List<String> attributes() {
    return List.of();
  }

  /**
   * Proposes items, best first, until the source has no more or {@link CandidateSet#propose}
   * returns false.
   *
   * @param context the request and its evidence
   * @param quota how many proposals are taken at most
   * @param candidates takes the proposals
   */
  void propose(RankingContext context, int quota, CandidateSet candidates);
}
