package dev.freshet.replay.judge;

import static dev.freshet.replay.judge.Recommendations.PLACEMENT;
import static dev.freshet.replay.judge.Recommendations.action;
import static dev.freshet.replay.judge.Recommendations.answer;
import static dev.freshet.replay.judge.Recommendations.ranked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.reader.ColumnMapping;
import dev.freshet.replay.reader.EventTimeUnit;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrequentialEvaluationTest {
  private static final Judging NEXT = Judging.next(PLACEMENT, 0.2);

  private final PrequentialEvaluation evaluation = new PrequentialEvaluation(NEXT);

  @Test
  void judgesTheListBeforeByTheNextItemOfTheSameUser() {
    UserAction first = action("1", "u", "x", 1);
    evaluation.add(first, answer(first, ranked("a", 3), ranked("b", 2), ranked("c", 1)));
    UserAction other = action("2", "v", "b", 2);
    evaluation.add(other, answer(other, ranked("z", 1)));
    UserAction second = action("3", "u", "b", 3);
    evaluation.add(second, answer(second, ranked("z", 1)));

    Quality metrics = evaluation.qualityFrom(0);
    assertThat(metrics.tests()).isEqualTo(1);
    assertThat(metrics.value(RankMetric.HIT_RATE_10)).isEqualTo(1);
    assertThat(metrics.value(RankMetric.HIT_RATE_20)).isEqualTo(1);
    assertThat(metrics.value(RankMetric.MRR_10)).isEqualTo(0.5);
    assertThat(metrics.value(RankMetric.MRR_20)).isEqualTo(0.5);
    assertThat(metrics.value(RankMetric.NDCG_10))
        .isCloseTo(1 / (Math.log(3) / Math.log(2)), within(1e-12));
  }

  @Test
  void equalScoresRankLast() {
    assertThat(rankOf("a", ranked("a", 1), ranked("b", 1), ranked("c", 1), ranked("d", 0)))
        .isEqualTo(3);
  }

  @Test
  void anItemNeverRanksBeforeItsPosition() {
    assertThat(rankOf("c", ranked("a", 1), ranked("b", 2), ranked("c", 3))).isEqualTo(3);
  }

  @Test
  void aScoreOfNanIsAMissAndRanksBeforeNobody() {
    assertThat(rankOf("a", ranked("a", Float.NaN), ranked("b", 1))).isZero();
    assertThat(rankOf("b", ranked("b", 1), ranked("a", Float.NaN))).isEqualTo(2);
  }

  @Test
  void theWholeListCountsForTiesButOnlyTheTopForHits() {
    RankedItem[] equal = new RankedItem[25];
    Arrays.setAll(equal, i -> ranked("i" + i, 1));
    assertThat(rankOf("i0", equal)).isZero();
    RankedItem[] falling = new RankedItem[25];
    Arrays.setAll(falling, i -> ranked("i" + i, -i));
    assertThat(rankOf("i19", falling)).isEqualTo(20);
    assertThat(rankOf("i20", falling)).isZero();
  }

  @Test
  void anActionWithoutItemIsNotEvaluatedButItsListIsTheLast() {
    UserAction first = action("1", "u", "x", 1);
    evaluation.add(first, answer(first, ranked("a", 1)));
    UserAction home = action("2", "u", null, 2);
    evaluation.add(home, answer(home, ranked("b", 1)));
    evaluation.add(action("3", "u", "a", 3), null);

    assertThat(evaluation.qualityFrom(0).tests()).isEqualTo(1);
    assertThat(evaluation.qualityFrom(0).value(RankMetric.HIT_RATE_20)).isZero();
    assertThat(evaluation.unanswered()).isEqualTo(1);
  }

  @Test
  void anUnansweredActionLeavesNoListBehind() {
    UserAction first = action("1", "u", "x", 1);
    evaluation.add(first, answer(first, ranked("a", 1)));
    evaluation.add(action("2", "u", "y", 2), null);
    evaluation.add(action("3", "u", "a", 3), null);

    assertThat(evaluation.qualityFrom(0).tests()).isEqualTo(2);
    assertThat(evaluation.qualityFrom(0).value(RankMetric.HIT_RATE_20)).isZero();
  }

  @Test
  void theWarmUpIsAFractionOfAllActions() {
    // A hit for every action but each user's first; the first half is of other users.
    for (int i = 0; i < 10; i++) {
      UserAction action = action("" + i, i < 5 ? "only" + i : "u", "a", i);
      evaluation.add(action, answer(action, ranked("a", 1)));
    }

    assertThat(evaluation.qualityFrom(0).tests()).isEqualTo(4);
    assertThat(evaluation.qualityFrom(0.75).tests()).isEqualTo(2);
    assertThat(evaluation.qualityFrom(0.8).tests()).isEqualTo(2);
    assertThat(evaluation.qualityFrom(1).tests()).isZero();
    assertThat(evaluation.qualityFrom(1).value(RankMetric.HIT_RATE_10)).isNaN();
    assertThatThrownBy(() -> evaluation.qualityFrom(1.5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void randomListsScoreAtChance() {
    Random random = new Random(7);
    int catalog = 200;
    int actions = 40_000;
    for (int i = 0; i < actions; i++) {
      UserAction action =
          action("" + i, "u" + random.nextInt(500), "i" + random.nextInt(catalog), i);
      RankedItem[] list = new RankedItem[20];
      int[] drawn = random.ints(0, catalog).distinct().limit(list.length).toArray();
      Arrays.setAll(list, rank -> ranked("i" + drawn[rank], 1f / (rank + 1)));
      evaluation.add(action, answer(action, list));
    }

    Quality metrics = evaluation.qualityFrom(0.2);
    assertThat(metrics.tests()).isGreaterThan(31_000);
    // Five standard errors.
    double chance10 = 10.0 / catalog;
    double chance20 = 20.0 / catalog;
    assertThat(metrics.value(RankMetric.HIT_RATE_10))
        .isCloseTo(chance10, within(5 * error(chance10, metrics)));
    assertThat(metrics.value(RankMetric.HIT_RATE_20))
        .isCloseTo(chance20, within(5 * error(chance20, metrics)));
  }

  /**
   * The control of every evaluation: what is wanted is drawn at random, whatever the lists are.
   * Lists that know the past, as a recommender's do, must not be better than chance then.
   */
  @Test
  void targetsDrawnAtRandomScoreAtChanceHoweverTheListsAreMade() {
    Random random = new Random(11);
    int catalog = 200;
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 40_000; i++) {
      UserAction action =
          action("" + i, "u" + random.nextInt(500), "i" + random.nextInt(catalog), i);
      counts.merge(action.getItem(), 1, Integer::sum);
      // The user's last item first, then what is popular so far.
      List<String> items = new ArrayList<>(List.of(action.getItem()));
      counts.keySet().stream()
          .filter(item -> !item.equals(action.getItem()))
          .sorted(Comparator.comparing((String item) -> -counts.get(item)).thenComparing(x -> x))
          .limit(19)
          .forEach(items::add);
      RankedItem[] list = new RankedItem[items.size()];
      Arrays.setAll(list, rank -> ranked(items.get(rank), -rank));
      evaluation.add(action, answer(action, list));
    }

    Quality metrics = evaluation.qualityFrom(0.2);
    double chance10 = 10.0 / catalog;
    double chance20 = 20.0 / catalog;
    assertThat(metrics.value(RankMetric.HIT_RATE_10))
        .isCloseTo(chance10, within(5 * error(chance10, metrics)));
    assertThat(metrics.value(RankMetric.HIT_RATE_20))
        .isCloseTo(chance20, within(5 * error(chance20, metrics)));
    double chanceMrr = 0;
    for (int rank = 1; rank <= 10; rank++) {
      chanceMrr += 1.0 / rank / catalog;
    }
    assertThat(metrics.value(RankMetric.MRR_10)).isCloseTo(chanceMrr, within(0.2 * chanceMrr));
    Estimate hitRate =
        new QualityAnalysis(PLACEMENT, evaluation).analyse().overall().of(RankMetric.HIT_RATE_10);
    assertThat(chance10).isBetween(hitRate.low(), hitRate.high());
  }

  private static double error(double p, Quality metrics) {
    return Math.sqrt(p * (1 - p) / metrics.tests());
  }

  @Test
  void evaluatesAReplayInOrderOfTimeAndIdWithoutDuplicatesAndRefusedActions(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("events.csv");
    // Of one time: b before a in the file, but not in the order of ids; c twice; one refused.
    Files.write(
        file,
        "id,user,item,time\nb,u,hit,1\na,u,x,1\nc,u,miss,2\nc,u,miss,2\nd,,z,3\ne,u,hit2,4\n"
            .getBytes(StandardCharsets.UTF_8));
    RecordedEvents events =
        RecordedEvents.read(
            List.of(file),
            new ReadOptions(
                java.util.Optional.empty(),
                ColumnMapping.usual(),
                java.util.Optional.of(EventTimeUnit.MILLIS),
                "view"),
            deadLetter -> {});
    try (ReplayedRecommendations replayed = new ReplayedRecommendations(folder)) {
      replayed.add(answer(action("c", "u", null, 2), ranked("hit2", 1)));
      replayed.add(answer(action("a", "u", null, 1), ranked("hit", 1)));
      replayed.add(answer(action("b", "u", null, 1), ranked("other", 1)));
      Recommendation elsewhere = answer(action("b", "u", null, 1), ranked("miss", 1));
      elsewhere.setRecommendationId("another placement");
      elsewhere.setPlacement("footer");
      replayed.add(elsewhere);
      replayed.add(answer(action("nobody's", "u", null, 2), ranked("hit2", 1)));
      replayed.seal();

      List<JudgedAction> judged = new ArrayList<>();
      PrequentialEvaluation whole =
          PrequentialEvaluation.of(
              new AcceptedActions(events, action -> !action.getUser().isEmpty()),
              replayed,
              NEXT,
              PLACEMENT,
              judged::add,
              done -> {});

      assertThat(whole.actions()).isEqualTo(4);
      assertThat(whole.unanswered()).isEqualTo(1);
      // b hits a's list, c misses b's, e hits c's.
      assertThat(whole.qualityFrom(0).tests()).isEqualTo(3);
      assertThat(whole.qualityFrom(0).value(RankMetric.HIT_RATE_10))
          .isCloseTo(2 / 3.0, within(1e-12));
      assertThat(judged)
          .extracting(JudgedAction::eventId, JudgedAction::item, JudgedAction::rank)
          .containsExactly(tuple("b", "hit", 1), tuple("c", "miss", 0), tuple("e", "hit2", 1));
    }
  }

  @Test
  void anActionJudgesTheListThatWasAskedForBeforeIt() {
    PrequentialEvaluation asked =
        new PrequentialEvaluation(new Judging(PLACEMENT, 0.2, Judging.Lists.ASKED, false));
    UserAction first = action("1", "u", "a", 1);
    asked.add(first, answer(first, ranked("a", 1)));
    UserAction second = action("2", "u", "b", 2);
    asked.add(second, answer(second, ranked("c", 2), ranked("b", 1)));
    asked.add(action("3", "u", "c", 3), null);

    assertThat(asked.qualityFrom(0).tests()).as("the first of a user is no test").isEqualTo(2);
    assertThat(asked.qualityFrom(0).value(RankMetric.MRR_10)).isCloseTo(0.25, within(1e-12));
    assertThat(asked.unanswered()).isOne();
  }

  @Test
  void whereTheSeenIsExcludedOnlyItemsThatAreNewToTheirUserJudge() {
    PrequentialEvaluation unseen =
        new PrequentialEvaluation(new Judging(PLACEMENT, 0.2, Judging.Lists.NEXT, true));
    for (String item : List.of("a", "b", "a", "b", "c")) {
      UserAction action = action("u" + unseen.actions(), "u", item, unseen.actions());
      unseen.add(action, answer(action, ranked("b", 1)));
    }
    UserAction other = action("v", "v", "a", 9);
    unseen.add(other, answer(other, ranked("b", 1)));
    unseen.add(action("w", "v", "b", 10), null);

    assertThat(unseen.qualityFrom(0).tests()).as("b and c of u, b of v").isEqualTo(3);
    assertThat(unseen.qualityFrom(0).value(RankMetric.HIT_RATE_10))
        .isCloseTo(2 / 3.0, within(1e-12));
  }

  /** The rank that the list gives the item, told from the mean reciprocal rank; 0: a miss. */
  private static long rankOf(String item, RankedItem... list) {
    PrequentialEvaluation evaluation = new PrequentialEvaluation(NEXT);
    UserAction first = action("1", "u", "x", 1);
    evaluation.add(first, answer(first, list));
    evaluation.add(action("2", "u", item, 2), null);
    double reciprocal = evaluation.qualityFrom(0).value(RankMetric.MRR_20);
    return reciprocal == 0 ? 0 : Math.round(1 / reciprocal);
  }
}
