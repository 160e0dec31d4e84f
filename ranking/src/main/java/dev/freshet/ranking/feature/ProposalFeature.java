package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/** How many sources proposed the candidate. */
final class ProposalFeature implements RankingFeature {

  @Override
  public List<String> names() {
    return List.of("sources");
  }

  @Override
  public float[] unknownItem() {
    return new float[0];
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      rows[candidate * width + column] = candidates.proposals(candidate);
    }
  }
}
