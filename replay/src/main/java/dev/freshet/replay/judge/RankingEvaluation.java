package dev.freshet.replay.judge;

import dev.freshet.evaluation.ListMetrics;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.ranking.list.RecommendationIds;
import dev.freshet.replay.reader.RecordedRankings;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares the order in which recorded lists came back with the one in which they had been shown,
 * by what was clicked. Both are of the same items. Clicks tend to go where the old order put an
 * item: the comparison favours the order of the log.
 */
public final class RankingEvaluation {
  private static final int DEPTH = RankMetric.SHOWN;

  private RankingEvaluation() {}

  /**
   * Evaluates the lists of a replay.
   *
   * @param placement that the lists were asked for
   * @param warmup fraction of the rankings, the first ones, that is not evaluated
   */
  public static RankingMetrics of(
      RecordedRankings rankings,
      Iterable<Recommendation> recommendations,
      String placement,
      double warmup) {
    Sums logged = new Sums();
    Map<String, Set<String>> awaited = new HashMap<>();
    int index = 0;
    int first = (int) Math.ceil(warmup * rankings.size());
    for (Iterator<RecommendationRequest> all = rankings.requests(placement); all.hasNext(); ) {
      RecommendationRequest request = all.next();
      Set<String> clicked = rankings.clicked(request.getRequestId());
      if (index++ < first || request.getCandidates().stream().noneMatch(clicked::contains)) {
        continue;
      }
      Set<String> shown =
          request.getCandidates().stream().filter(clicked::contains).collect(Collectors.toSet());
      logged.add(request.getCandidates(), shown);
      awaited.put(
          RecommendationIds.of(placement, request.getUser(), request.getRequestId(), true), shown);
    }
    long evaluated = awaited.size();
    Sums served = new Sums();
    for (Recommendation recommendation : recommendations) {
      Set<String> clicked = awaited.remove(recommendation.getRecommendationId());
      if (clicked != null) {
        served.add(recommendation.getItems().stream().map(RankedItem::getItem).toList(), clicked);
      }
    }
    return new RankingMetrics(
        rankings.size(),
        evaluated,
        awaited.size(),
        served.means(evaluated),
        logged.means(evaluated));
  }

  private static final class Sums {
    private double ndcg;
    private double precision;
    private double reciprocal;

    void add(List<String> order, Set<String> clicked) {
      boolean[] relevant = new boolean[order.size()];
      for (int place = 0; place < relevant.length; place++) {
        relevant[place] = clicked.contains(order.get(place));
      }
      ListMetrics metrics = ListMetrics.of(relevant, clicked.size(), DEPTH);
      ndcg += metrics.ndcg();
      precision += metrics.averagePrecision();
      reciprocal += metrics.reciprocalRank();
    }

    RankingMetrics.Order means(long lists) {
      double n = lists == 0 ? Double.NaN : lists;
      return new RankingMetrics.Order(ndcg / n, precision / n, reciprocal / n);
    }
  }
}
