package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.NearestSessions;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/** How strongly the sessions nearest to the user's history contain the item. */
final class NearestSessionFeatures implements RankingFeature {

  /** Logarithm of one plus each number of neighbour sessions. */
  private static final float[] LOG_NEIGHBOURS = new float[NearestSessions.NEIGHBOURS + 1];

  static {
    for (int count = 0; count < LOG_NEIGHBOURS.length; count++) {
      LOG_NEIGHBOURS[count] = FeatureMaths.logCount(count);
    }
  }

  @Override
  public List<String> names() {
    return List.of("knn_score", "knn_reciprocal_rank", "knn_neighbours_log");
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.NEAREST_SESSIONS);
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    Evidence evidence = context.evidence();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int row = candidates.row(candidate);
      if (row == Evidence.NONE) {
        continue;
      }
      int at = candidate * width + column;
      rows[at] = (float) evidence.knnScore[row];
      rows[at + 1] = FeatureMaths.reciprocal(evidence.knnRank[row]);
      rows[at + 2] = LOG_NEIGHBOURS[evidence.knnNeighbours[row]];
    }
  }
}
