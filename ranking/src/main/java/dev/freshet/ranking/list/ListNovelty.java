package dev.freshet.ranking.list;

import dev.freshet.evaluation.RankMetric;
import dev.freshet.ranking.evidence.FastLog;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.PopularItems;
import dev.freshet.ranking.source.CandidateSet;

/**
 * How little would have been missed of what a list shows by knowing what is popular alone: the mean
 * of -log2 of each item's share of what users did, in bits (Castells, Hurley and Vargas, "Novelty
 * and diversity in recommender systems", Recommender Systems Handbook, 2015). What users did counts
 * decayed, with the long half-life of popularity, as of the list's event time: it is what the
 * replica holds, the same on every subtask. An item with less than one action left counts as if it
 * had one, as its novelty had no bound else.
 */
public final class ListNovelty {

  private static final double LN2 = 0.6931471805599453;

  private ListNovelty() {}

  /** Returns the novelty of the first {@link RankMetric#SHOWN} places; NaN for an empty list. */
  public static float of(RankingContext context, CandidateSet candidates, ListSelection list) {
    int places = Math.min(RankMetric.SHOWN, list.size());
    ItemReplica replica = context.replica();
    PopularItems popular = replica.popularLong();
    double factor = context.longFactor();
    double all = Math.max(1, replica.longTotal() * factor);
    // One logarithm for all places: a product of so few counts is far from the largest number.
    double counts = 1;
    for (int place = 0; place < places; place++) {
      int item = candidates.item(list.candidate(place));
      if (item != ItemIndex.ABSENT) {
        counts *= Math.max(1, popular.weight(item) * factor);
      }
    }
    double nats = places * FastLog.log(all) - FastLog.log(counts);
    return places == 0 ? Float.NaN : (float) Math.max(0, nats / LN2 / places);
  }
}
