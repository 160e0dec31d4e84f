package dev.freshet.jobs.rank;

/** Items whose vectors point where those of the user's recent items do, nearest first. */
final class EmbeddingSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    VectorSearch search = context.vectorSearch();
    int found = search.find(quota);
    for (int rank = 0; rank < found; rank++) {
      if (!candidates.propose(search.found(rank))) {
        return;
      }
    }
  }
}
