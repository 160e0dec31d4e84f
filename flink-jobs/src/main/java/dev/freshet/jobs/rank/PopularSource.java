package dev.freshet.jobs.rank;

/** What everyone acts on, alternating between the trend of the day and the classics. */
final class PopularSource implements CandidateSource {

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    PopularItems trending = context.replica().popularShort();
    PopularItems classics = context.replica().popularLong();
    for (int rank = 0; rank < Math.max(trending.size(), classics.size()); rank++) {
      boolean goOn =
          proposeUnlessBefore(trending, rank, classics, rank, candidates)
              && proposeUnlessBefore(classics, rank, trending, rank + 1, candidates);
      if (!goOn) {
        return;
      }
    }
  }

  /** Proposes the list's item at a rank, unless the first {@code done} of the other list had it. */
  private static boolean proposeUnlessBefore(
      PopularItems list, int rank, PopularItems other, int done, CandidateSet candidates) {
    if (rank >= list.size()) {
      return true;
    }
    int item = list.item(rank);
    int otherRank = other.rank(item);
    return (otherRank >= 0 && otherRank < done) || candidates.propose(item);
  }
}
