package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.VectorSearch;
import dev.freshet.ranking.replica.ItemFact;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.LongTable;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/** Cosine of the angle between the item's vector and the direction of the user's items. */
final class SimilarityFeature implements RankingFeature {

  private static final int DIRECTION = ItemFact.DIRECTION.column();

  @Override
  public List<String> names() {
    return List.of("embedding_similarity");
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.DIRECTION);
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    LongTable table = context.replica().facts();
    VectorSearch search = context.vectorSearch();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        continue;
      }
      long[] facts = table.chunk(item);
      int fact = table.at(item);
      int at = candidate * width + column;
      rows[at] = search.similarity(facts[fact + DIRECTION]);
    }
  }
}
