package dev.freshet.replay.judge;

import static dev.freshet.replay.judge.Recommendations.action;
import static dev.freshet.replay.judge.Recommendations.answer;
import static dev.freshet.replay.judge.Recommendations.ranked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.evaluation.RankMetric;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.UserAction;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The metrics against their definitions, written down without any regard to cost. */
class PrequentialEvaluationProperties {
  private static final double[] CUTS = {0, 0.2, 0.5, 0.8};

  /** An action and its answer; the list is empty or missing for some. */
  record Step(UserAction action, List<RankedItem> list) {}

  @Property(tries = 500)
  void agreesWithTheDefinition(@ForAll("streams") List<Step> steps) {
    PrequentialEvaluation evaluation = new PrequentialEvaluation(Judging.next("home", 0.2));
    for (Step step : steps) {
      evaluation.add(
          step.action,
          step.list == null ? null : answer(step.action, step.list.toArray(RankedItem[]::new)));
    }

    for (double cut : CUTS) {
      Quality metrics = evaluation.qualityFrom(cut);
      List<Integer> ranks = naiveRanks(steps, cut);
      assertThat(metrics.tests()).isEqualTo(ranks.size());
      if (!ranks.isEmpty()) {
        assertThat(metrics.value(RankMetric.HIT_RATE_10))
            .isCloseTo(mean(ranks, 10, 1, 0), within(1e-12));
        assertThat(metrics.value(RankMetric.HIT_RATE_20))
            .isCloseTo(mean(ranks, 20, 1, 0), within(1e-12));
        assertThat(metrics.value(RankMetric.MRR_10))
            .isCloseTo(mean(ranks, 10, 0, 0), within(1e-12));
        assertThat(metrics.value(RankMetric.MRR_20))
            .isCloseTo(mean(ranks, 20, 0, 0), within(1e-12));
        assertThat(metrics.value(RankMetric.NDCG_10))
            .isCloseTo(mean(ranks, 10, 0, 1), within(1e-12));
      }
    }
  }

  /** Hit rate (hit = 1), NDCG (ndcg = 1) or mean reciprocal rank. */
  private static double mean(List<Integer> ranks, int depth, int hit, int ndcg) {
    double sum = 0;
    for (int rank : ranks) {
      if (rank <= depth) {
        sum += hit == 1 ? 1 : ndcg == 1 ? 1 / (Math.log(rank + 1) / Math.log(2)) : 1.0 / rank;
      }
    }
    return sum / ranks.size();
  }

  private static List<Integer> naiveRanks(List<Step> steps, double cut) {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      UserAction action = steps.get(i).action;
      int previous = i - 1;
      while (previous >= 0 && !steps.get(previous).action.getUser().equals(action.getUser())) {
        previous--;
      }
      if (i >= cut * steps.size() && previous >= 0 && action.getItem() != null) {
        List<RankedItem> list = steps.get(previous).list;
        ranks.add(naiveRank(list == null ? List.of() : list, action.getItem()));
      }
    }
    return ranks;
  }

  private static int naiveRank(List<RankedItem> list, String item) {
    for (int position = 0; position < list.size(); position++) {
      RankedItem found = list.get(position);
      if (found.getItem().equals(item)) {
        if (Float.isNaN(found.getScore())) {
          return Integer.MAX_VALUE;
        }
        int before = 0;
        for (RankedItem other : list) {
          if (other != found
              && (Float.isNaN(other.getScore()) || other.getScore() >= found.getScore())) {
            before++;
          }
        }
        return Math.max(position + 1, before + 1);
      }
    }
    return Integer.MAX_VALUE;
  }

  @Provide
  Arbitrary<List<Step>> streams() {
    Arbitrary<String> items = Arbitraries.integers().between(0, 30).map(i -> "i" + i);
    Arbitrary<Float> scores =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, Arbitraries.of(-1f, -0f, 0f, 0.5f, 1f)),
            net.jqwik.api.Tuple.of(5, Arbitraries.floats()),
            net.jqwik.api.Tuple.of(1, Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY)));
    Arbitrary<List<RankedItem>> unordered =
        Combinators.combine(items.list().uniqueElements().ofMaxSize(25), scores.list().ofSize(25))
            .as(
                (names, values) -> {
                  List<RankedItem> list = new ArrayList<>();
                  for (int i = 0; i < names.size(); i++) {
                    list.add(ranked(names.get(i), values.get(i)));
                  }
                  return list;
                });
    Arbitrary<List<RankedItem>> ordered =
        unordered.map(
            list -> {
              list.sort((a, b) -> Float.compare(b.getScore(), a.getScore()));
              return list;
            });
    Arbitrary<List<RankedItem>> lists =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, ordered),
            net.jqwik.api.Tuple.of(3, unordered),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(null)));
    return Combinators.combine(Arbitraries.of("u", "v", "w"), items.injectNull(0.1), lists)
        .as((user, item, list) -> new Step(action("id", user, item, 0), list))
        .list()
        .ofMaxSize(40);
  }
}
