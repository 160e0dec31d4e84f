package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.VectorSearch;
import java.util.Set;

/** Items whose vectors point in the direction of the user's recent items, nearest first. */
final class EmbeddingSource implements CandidateSource {

  /** A fallback may take as many as there are; few are needed mostly. */
  private static final int MOST_AT_FIRST = 128;

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.DIRECTION);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    VectorSearch search = context.vectorSearch();
    int proposed = 0;
    // What the placement doesn't allow is passed over and costs nothing: then more are wanted.
    for (int wanted = Math.min(quota, MOST_AT_FIRST); ; wanted *= 2) {
      int found = search.find(wanted);
      while (proposed < found) {
        if (!candidates.propose(search.found(proposed++))) {
          return;
        }
      }
      if (found < wanted) {
        return;
      }
    }
  }
}
