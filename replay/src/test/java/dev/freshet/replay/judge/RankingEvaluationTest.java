package dev.freshet.replay.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ranking.list.RecommendationIds;
import dev.freshet.replay.reader.RecordedRankings;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingEvaluationTest {
  private final RecordedRankings rankings = new RecordedRankings();
  private final List<Recommendation> answers = new ArrayList<>();

  private void shown(String id, long time, String... items) {
    rankings.add(
        new RecommendationRequest(
            id, "u", "", Instant.ofEpochMilli(time), List.of(items), Map.of()));
  }

  private void served(String id, boolean asked, String... items) {
    List<RankedItem> list = new ArrayList<>();
    for (String item : items) {
      list.add(new RankedItem(item, 1f, "given"));
    }
    Recommendation answer =
        Recommendations.answer(
            Recommendations.action(id, "u", "x", 1), list.toArray(RankedItem[]::new));
    answer.setRecommendationId(RecommendationIds.of("home", "u", id, asked));
    answers.add(answer);
  }

  private RankingMetrics evaluate(double warmup) {
    rankings.sort();
    return RankingEvaluation.of(rankings, answers, "home", warmup);
  }

  private static void assertOrder(RankingMetrics.Order order, double ndcg, double map, double mrr) {
    assertThat(order.ndcgAt10()).isCloseTo(ndcg, within(1e-12));
    assertThat(order.mapAt10()).isCloseTo(map, within(1e-12));
    assertThat(order.mrr()).isCloseTo(mrr, within(1e-12));
  }

  private static double gain(int rank) {
    return Math.log(2) / Math.log(rank + 1);
  }

  @Test
  void bothOrdersAreJudgedByTheSameClicks() {
    shown("r", 1, "a", "b", "c", "d");
    rankings.addClick("r", "b");
    rankings.addClick("r", "d");
    rankings.addClick("r", "d");
    rankings.addClick("r", "not shown");
    served("r", true, "d", "a", "b", "c");

    RankingMetrics metrics = evaluate(0);

    assertThat(metrics.rankings()).isOne();
    assertThat(metrics.evaluated()).isOne();
    assertThat(metrics.unanswered()).isZero();
    double ideal = gain(1) + gain(2);
    assertOrder(metrics.logged(), (gain(2) + gain(4)) / ideal, (1.0 / 2 + 2.0 / 4) / 2, 1.0 / 2);
    assertOrder(metrics.served(), (gain(1) + gain(3)) / ideal, (1 + 2.0 / 3) / 2, 1);
  }

  @Test
  void behindTheTenthPlaceOnlyTheReciprocalRankCounts() {
    shown("r", 1, IntStream.rangeClosed(1, 12).mapToObj(i -> "i" + i).toArray(String[]::new));
    rankings.addClick("r", "i11");
    served("r", true, "i11");

    RankingMetrics metrics = evaluate(0);

    assertOrder(metrics.logged(), 0, 0, 1.0 / 11);
    assertOrder(metrics.served(), 1, 1, 1);
  }

  @Test
  void ofManyClicksTenAreTheIdeal() {
    String[] items = IntStream.rangeClosed(1, 12).mapToObj(i -> "i" + i).toArray(String[]::new);
    shown("r", 1, items);
    for (String item : items) {
      rankings.addClick("r", item);
    }
    served("r", true, items);

    assertOrder(evaluate(0).served(), 1, 1, 1);
  }

  @Test
  void aMissingListGetsNothingAndAnActionsListIsNone() {
    shown("r1", 1, "a", "b");
    shown("r2", 2, "a", "b");
    rankings.addClick("r1", "a");
    rankings.addClick("r2", "a");
    served("r1", true, "a", "b");
    served("r2", false, "a", "b");

    RankingMetrics metrics = evaluate(0);

    assertThat(metrics.evaluated()).isEqualTo(2);
    assertThat(metrics.unanswered()).isOne();
    assertOrder(metrics.served(), 0.5, 0.5, 0.5);
    assertOrder(metrics.logged(), 1, 1, 1);
  }

  @Test
  void theFirstRankingsWarmUpAndThoseWithoutAClickDoNotCount() {
    // The first one by time, not by the order of reading.
    shown("late", 9, "a", "b");
    shown("none", 8, "a", "b");
    shown("early", 1, "a", "b");
    rankings.addClick("early", "b");
    rankings.addClick("late", "a");
    rankings.addClick("none", "c");
    served("late", true, "a", "b");

    RankingMetrics metrics = evaluate(0.2);

    assertThat(metrics.rankings()).isEqualTo(3);
    assertThat(metrics.evaluated()).isOne();
    assertOrder(metrics.logged(), 1, 1, 1);
    assertThat(evaluate(0.9).logged().mrr()).isNaN();
  }
}
