package dev.freshet.jobs.learn;

import static dev.freshet.jobs.learn.TasteExamples.MODEL;
import static dev.freshet.jobs.learn.TasteExamples.ROUND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.learn.TasteExamples.Served;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.train.LearnedState;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.FeatureDrift;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards and rounds together, each element where and when the test wants it. */
@SuppressWarnings("try") // the harness's close may throw anything
class LearningOperatorsTest {

  private static final int EACH = 80;

  private SimulatedLearning learning;

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @AfterEach
  void close() throws Exception {
    if (learning != null) {
      learning.close();
    }
  }

  private void start(int parallelism) throws Exception {
    learning = new SimulatedLearning(TasteExamples.settings(), parallelism);
  }

  /** Learns from some rounds, one after the other. */
  private void learn(int first, int last, Served served) throws Exception {
    for (int round = first; round <= last; round++) {
      learning.examples(TasteExamples.ofRounds(round, round, EACH, served));
      learning.watermark(round * ROUND);
    }
  }

  private static byte[] bytes(SpecificRecordBase record) {
    ByteBuffer buffer;
    try {
      buffer =
          new BinaryMessageEncoder<SpecificRecordBase>(
                  SpecificData.getForClass(record.getClass()), record.getSchema())
              .encode(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteArrays.of(buffer);
  }

  private static List<byte[]> allBytes(List<? extends SpecificRecordBase> records) {
    return records.stream().map(LearningOperatorsTest::bytes).toList();
  }

  private static void assertSame(
      List<? extends SpecificRecordBase> actual, List<? extends SpecificRecordBase> expected) {
    assertThat(allBytes(actual))
        .usingElementComparator(Arrays::compare)
        .containsExactlyElementsOf(allBytes(expected));
  }

  private static List<String> versions(ModelPlan plan) {
    return plan.getSteps().stream().map(step -> step.getVariants().get(0).getVersion()).toList();
  }

  private List<String> outcomes() {
    return learning.rounds.stream().map(TrainingRound::getOutcome).toList();
  }

  private static LearnedState state(TrainingRound round) {
    return LearnedState.read(ByteArrays.of(round.getState()));
  }

  @Test
  void howFarFeaturesMoveIsToldOfEveryRoundButTheFirst() throws Exception {
    start(2);
    for (int round = 1; round <= 4; round++) {
      for (TrainingExample example : TasteExamples.ofRounds(round, round, EACH, Served.AT_RANDOM)) {
        learning.example(round < 4 ? example : withFirstFeatureTimesTen(example));
      }
      learning.watermark(round * ROUND);
    }
    assertThat(learning.rounds.get(1).getFeatureDrift()).isEmpty();
    for (TrainingRound round : learning.rounds.subList(2, 4)) {
      assertThat(round.getFeatureDrift())
          .extracting(FeatureDrift::getFeature)
          .containsExactlyElementsOf(TasteExamples.FEATURES);
      assertThat(round.getFeatureDrift())
          .allSatisfy(drift -> assertThat(drift.getStabilityIndex()).isBetween(0.0, 0.25));
    }
    List<FeatureDrift> moved = learning.rounds.get(4).getFeatureDrift();
    assertThat(moved.get(0).getStabilityIndex()).isGreaterThan(0.25);
    assertThat(moved.subList(1, moved.size()))
        .allSatisfy(drift -> assertThat(drift.getStabilityIndex()).isLessThan(0.25));
  }

  private static TrainingExample withFirstFeatureTimesTen(TrainingExample example) {
    ByteBuffer features =
        ByteBuffer.allocate(example.getFeatures().remaining()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer before = example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; before.hasRemaining(); i++) {
      float value = before.getFloat();
      features.putFloat(i % TasteExamples.FEATURES.size() == 0 ? 10 * value : value);
    }
    return TrainingExample.newBuilder(example).setFeatures(features.flip()).build();
  }

  @Test
  void aRoundIsLearnedFromWhenItHasEnded() throws Exception {
    start(2);
    learning.examples(TasteExamples.ofRounds(3, 3, EACH, Served.AT_RANDOM));
    learning.watermark(3 * ROUND - 1);
    assertThat(learning.rounds).isEmpty();
    learning.watermark(3 * ROUND);
    assertThat(outcomes()).containsExactly("INITIAL", "MEASURED");
    assertThat(learning.rounds)
        .extracting(TrainingRound::getEndTime)
        .containsExactly(Instant.ofEpochMilli(2 * ROUND), Instant.ofEpochMilli(3 * ROUND));
    learn(4, 4, Served.AT_RANDOM);
    assertThat(outcomes()).containsExactly("INITIAL", "MEASURED", "LEARNED");
    assertThat(learning.rounds).extracting(TrainingRound::getRound).containsExactly(0L, 1L, 2L);
  }

  @Test
  void aRoundWaitsForTheStateOfTheOneBefore() throws Exception {
    start(2);
    learning.examples(TasteExamples.ofRounds(1, 3, EACH, Served.AT_RANDOM));
    learning.watermark(3 * ROUND, subtask -> true);
    learning.watermarkOfRounds(3 * ROUND);
    assertThat(outcomes()).containsExactly("INITIAL");
    learning.readRound();
    assertThat(outcomes()).containsExactly("INITIAL", "MEASURED");
    learning.readRound();
    assertThat(outcomes()).containsExactly("INITIAL", "MEASURED", "LEARNED");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void theSameAtEveryParallelism(int parallelism) throws Exception {
    start(1);
    learn(1, 6, Served.AT_RANDOM);
    try (SimulatedLearning parallel =
        new SimulatedLearning(TasteExamples.settings(), parallelism)) {
      for (int round = 1; round <= 6; round++) {
        List<TrainingExample> examples =
            new ArrayList<>(TasteExamples.ofRounds(round, round, EACH, Served.AT_RANDOM));
        Collections.shuffle(examples, new Random(round));
        parallel.examples(examples);
        parallel.watermark(round * ROUND);
      }
      assertSame(parallel.rounds, learning.rounds);
      assertSame(parallel.releases, learning.releases);
      assertSame(parallel.plans, learning.plans);
    }
  }

  @Test
  void goesOnFromTheMiddleOfARound() throws Exception {
    start(1);
    learn(1, 5, Served.AT_RANDOM);
    try (SimulatedLearning killed = new SimulatedLearning(TasteExamples.settings(), 4)) {
      for (int round = 1; round <= 3; round++) {
        killed.examples(TasteExamples.ofRounds(round, round, EACH, Served.AT_RANDOM));
        if (round < 3) {
          killed.watermark(round * ROUND);
        }
      }
      List<TrainingExample> fourth = TasteExamples.ofRounds(4, 4, EACH, Served.AT_RANDOM);
      killed.examples(fourth.subList(0, EACH / 2));
      // Two of four subtasks have reported.
      killed.watermark(3 * ROUND, subtask -> subtask % 2 == 0);
      SimulatedLearning.Snapshot snapshot = killed.snapshot();
      // All of this is done again.
      killed.watermark(3 * ROUND);
      killed.examples(fourth.subList(EACH / 2, EACH));
      killed.watermark(4 * ROUND);
      assertThat(killed.rounds).hasSize(5);
      int told = killed.releases.size();

      killed.restore(snapshot, 2);
      killed.examples(fourth.subList(EACH / 2, EACH));
      killed.settle();
      killed.watermark(3 * ROUND);
      killed.watermark(4 * ROUND);
      killed.examples(TasteExamples.ofRounds(5, 5, EACH, Served.AT_RANDOM));
      killed.watermark(5 * ROUND);

      assertThat(killed.rounds).hasSize(5 + 3);
      assertThat(killed.releases).hasSizeGreaterThan(told);
      assertSame(lastOfEachRound(killed.rounds), learning.rounds);
      assertSame(killed.rounds.subList(0, 5), learning.rounds.subList(0, 5));
      assertSame(lastOfEachVersion(killed.releases), learning.releases);
      assertThat(killed.plans.get(killed.plans.size() - 1))
          .isEqualTo(learning.plans.get(learning.plans.size() - 1));
    }
  }

  private static List<TrainingRound> lastOfEachRound(List<TrainingRound> rounds) {
    TreeMap<Long, TrainingRound> last = new TreeMap<>();
    rounds.forEach(round -> last.put(round.getRound(), round));
    return List.copyOf(last.values());
  }

  private static List<ModelRelease> lastOfEachVersion(List<ModelRelease> releases) {
    TreeMap<String, ModelRelease> last = new TreeMap<>();
    releases.forEach(release -> last.put(release.getVersion(), release));
    return List.copyOf(last.values());
  }

  @Test
  void aLateExampleCountsForTheNextRound() throws Exception {
    start(2);
    learn(1, 1, Served.AT_RANDOM);
    long first = learning.rounds.get(1).getLists();
    String id = "late";
    while (StableHash.share(StableHash.of(id)) < TasteExamples.settings().heldOut()) {
      id += "r";
    }
    learning.example(TasteExamples.example(id, ROUND - 1, 5, Served.AT_RANDOM));
    assertThat(learning.counted(LearningMetrics.LATE)).isEqualTo(1);
    learn(2, 2, Served.AT_RANDOM);

    try (SimulatedLearning without = new SimulatedLearning(TasteExamples.settings(), 2)) {
      for (int round = 1; round <= 2; round++) {
        without.examples(TasteExamples.ofRounds(round, round, EACH, Served.AT_RANDOM));
        without.watermark(round * ROUND);
      }
      assertThat(without.rounds.get(1).getLists()).isEqualTo(first);
      assertThat(learning.rounds.get(2).getLists()).isEqualTo(without.rounds.get(2).getLists() + 1);
    }
  }

  @Test
  void anExampleThatComesAgainIsDropped() throws Exception {
    start(2);
    List<TrainingExample> examples = TasteExamples.ofRounds(1, 1, EACH, Served.AT_RANDOM);
    learning.examples(examples);
    learning.examples(examples.subList(0, 5));
    learning.watermark(ROUND);
    learning.examples(examples.subList(5, 12));
    assertThat(learning.counted(LearningMetrics.DUPLICATES)).isEqualTo(12);
    assertThat(learning.counted(LearningMetrics.LATE)).isZero();
    assertThat(learning.rounds.get(1).getLists()).isBetween(EACH / 2L, (long) EACH);
  }

  @Test
  void aRoundWithoutExamplesLeavesTheModelAsItIs() throws Exception {
    start(2);
    learn(1, 2, Served.AT_RANDOM);
    learning.watermark(5 * ROUND);
    assertThat(outcomes())
        .containsExactly(
            "INITIAL",
            "MEASURED",
            "LEARNED",
            "NOTHING_TO_LEARN",
            "NOTHING_TO_LEARN",
            "NOTHING_TO_LEARN");
    float[] row = {1, 2, 3};
    assertThat(state(learning.rounds.get(5)).ranker().score(row, 1))
        .isEqualTo(state(learning.rounds.get(2)).ranker().score(row, 1));
    learn(6, 6, Served.AT_RANDOM);
    assertThat(outcomes()).endsWith("LEARNED");
    assertThat(learning.rounds.get(6).getRound()).isEqualTo(6);
  }

  @Test
  void aBetterModelIsPublishedAndPlanned() throws Exception {
    start(2);
    learn(1, 5, Served.AT_RANDOM);
    TrainingRound last = learning.rounds.get(5);
    assertThat(last.getVerdict()).isEqualTo("ACTIVATE");
    assertThat(last.getVersion()).isEqualTo("r000005");
    ModelRelease release = learning.releases.get(learning.releases.size() - 1);
    assertThat(release.getName()).isEqualTo(MODEL);
    assertThat(release.getVersion()).isEqualTo("r000005");
    assertThat(release.getPublishedTime()).isEqualTo(last.getEndTime());
    assertThat(release.getLineage())
        .containsEntry("rounds", "5")
        .containsEntry("holdout_lists", String.valueOf(last.getHeldOut().getLists()));
    ModelBundle model = ModelBundle.of(ByteArrays.of(release.getOnnx()));
    assertThat(model.featureNames()).isEqualTo(TasteExamples.FEATURES);
    assertThat(last.getHeldOut().getLearnedReciprocalRanks())
        .isGreaterThan(1.2 * last.getHeldOut().getServedReciprocalRanks());

    ServingPlan plan = ModelPlans.servingPlan(learning.plans.get(learning.plans.size() - 1));
    // Nothing of a round's own time is ranked by what was learned from it, and the lead is 7 ms.
    assertThat(plan.steps()).last().isEqualTo(Step.of(5 * ROUND + 1 + 7, "r000005"));
    assertThat(plan.steps()).hasSize(learning.releases.size());
  }

  @Test
  void aWorseModelIsNotPublished() throws Exception {
    start(2);
    learn(1, 5, Served.PERFECTLY);
    assertThat(learning.rounds.get(5).getOutcome()).isEqualTo("LEARNED");
    assertThat(learning.rounds)
        .extracting(TrainingRound::getVerdict)
        .contains("REFUSE")
        .doesNotContain("ACTIVATE");
    assertThat(learning.rounds).extracting(TrainingRound::getVersion).containsOnlyNulls();
    assertThat(learning.releases).isEmpty();
    assertThat(learning.plans).isEmpty();
  }

  @Test
  void heldOutListsAreAddedUpUntilTheySuffice() throws Exception {
    start(2);
    learn(1, 1, Served.AT_RANDOM);
    for (int round = 2; round <= 6; round++) {
      learning.examples(TasteExamples.ofRounds(round, round, 16, Served.AT_RANDOM));
      learning.watermark(round * ROUND);
    }
    List<TrainingRound> rounds = learning.rounds.subList(2, 7);
    assertThat(rounds.get(0).getVerdict()).isEqualTo("WAIT");
    assertThat(rounds)
        .extracting(round -> round.getHeldOut().getLists() >= 10)
        .containsExactlyElementsOf(
            rounds.stream().map(round -> !round.getVerdict().equals("WAIT")).toList())
        .contains(true);
    assertThat(rounds.get(1).getHeldOut().getLists())
        .isGreaterThan(rounds.get(0).getHeldOut().getLists());
  }

  @Test
  void whatOthersHavePlannedStays() throws Exception {
    start(2);
    learn(1, 4, Served.AT_RANDOM);
    ModelPlan mine = learning.plans.get(learning.plans.size() - 1);
    ServingPlan rolledBack = ModelPlans.servingPlan(mine).then(Step.of(4 * ROUND + 50, "by-hand"));
    learning.plan(
        ModelPlans.record(rolledBack, mine, "ann: back", Instant.ofEpochMilli(4 * ROUND + 40)));
    learn(5, 5, Served.AT_RANDOM);
    ModelPlan next = learning.plans.get(learning.plans.size() - 1);
    assertThat(ModelPlans.servingPlan(next))
        .isEqualTo(rolledBack.then(Step.of(5 * ROUND + 8, "r000005")));
    assertThat(next.getSteps().get(next.getSteps().size() - 2).getReason()).isEqualTo("ann: back");

    ServingPlan planned = ModelPlans.servingPlan(next).then(Step.of(6 * ROUND + 8, "by-hand"));
    learning.plan(ModelPlans.record(planned, next, "ann: later", Instant.ofEpochMilli(1)));
    int plans = learning.plans.size();
    learn(6, 6, Served.AT_RANDOM);
    assertThat(learning.plans).hasSize(plans);
    assertThat(learning.releases.get(learning.releases.size() - 1).getVersion())
        .isEqualTo("r000006");
  }

  @Test
  void stepsThatHaveNotComeBackAreKept() throws Exception {
    start(2);
    learning.readsPlans = false;
    learn(1, 4, Served.AT_RANDOM);
    learning.plan(learning.plans.get(0));
    learn(5, 5, Served.AT_RANDOM);
    assertThat(learning.plans).hasSizeGreaterThan(2);
    ModelPlan last = learning.plans.get(learning.plans.size() - 1);
    assertThat(versions(last))
        .containsExactlyElementsOf(
            learning.releases.stream().map(ModelRelease::getVersion).toList());
  }

  @Test
  void givenRoundsAllEndWithTheInput() throws Exception {
    Rounds ends = new Rounds.EndingAt(List.of(ROUND, 2 * ROUND, 5 * ROUND));
    learning = new SimulatedLearning(TasteExamples.settings(ends, LearningStart.ANEW), 2);
    learning.examples(TasteExamples.ofRounds(2, 6, EACH, Served.AT_RANDOM));
    learning.watermark(Long.MAX_VALUE);
    assertThat(learning.rounds)
        .extracting(round -> round.getEndTime().toEpochMilli())
        .containsExactly(ROUND - 1, ROUND, 2 * ROUND, 5 * ROUND);
    assertThat(outcomes()).containsExactly("INITIAL", "NOTHING_TO_LEARN", "MEASURED", "LEARNED");
    assertThat(learning.counted(LearningMetrics.UNUSED)).isEqualTo(EACH);
  }

  @Test
  void roundsWithoutNumberDoNotEndWithTheInput() throws Exception {
    start(2);
    learning.examples(TasteExamples.ofRounds(1, 2, EACH, Served.AT_RANDOM));
    learning.watermark(ROUND);
    learning.watermark(Long.MAX_VALUE);
    assertThat(outcomes()).containsExactly("INITIAL", "MEASURED");
  }

  @Test
  void otherExamplesAreLeftOut() throws Exception {
    start(2);
    learning.examples(TasteExamples.ofRounds(1, 1, EACH, Served.AT_RANDOM));
    learning.example(
        TasteExamples.example(
            "other features",
            5,
            5,
            Served.AT_RANDOM,
            example -> example.setFeatureNames(List.of("x", "y", "z"))));
    learning.example(
        TasteExamples.example(
            "other placement", 5, 5, Served.AT_RANDOM, example -> example.setPlacement("basket")));
    learning.watermark(ROUND);
    assertThat(learning.counted(LearningMetrics.OTHER_FEATURES)).isEqualTo(1);

    try (SimulatedLearning without = new SimulatedLearning(TasteExamples.settings(), 2)) {
      without.examples(TasteExamples.ofRounds(1, 1, EACH, Served.AT_RANDOM));
      without.watermark(ROUND);
      assertSame(learning.rounds, without.rounds);
    }
  }

  @Test
  void goesOnAfterTheLastRoundOfAFormerRun() throws Exception {
    start(2);
    learn(1, 3, Served.AT_RANDOM);
    TrainingRound former = learning.rounds.get(3);
    ReceivedModel plan = new ReceivedModel();
    plan.offset = 77;
    plan.record = new ModelRecord(learning.plans.get(learning.plans.size() - 1));
    LearningSettings settings =
        TasteExamples.settings(
            new Rounds.Every(ROUND), new LearningStart(Optional.of(former), Optional.of(plan)));
    try (SimulatedLearning next = new SimulatedLearning(settings, 4)) {
      next.plan(learning.plans.get(0), 5); // older than what is known
      // It reads again what the former run has learned from, and then on.
      for (int round = 2; round <= 5; round++) {
        next.examples(TasteExamples.ofRounds(round, round, EACH, Served.AT_RANDOM));
        next.watermark(round * ROUND);
      }
      assertThat(next.counted(LearningMetrics.UNUSED)).isEqualTo(2 * EACH);
      assertThat(next.rounds).extracting(TrainingRound::getRound).containsExactly(3L, 4L, 5L);
      assertThat(bytes(next.rounds.get(0))).isEqualTo(bytes(former));
      assertThat(next.rounds.get(1).getOutcome()).isEqualTo("LEARNED");
      List<ModelRelease> releases = new ArrayList<>(learning.releases);
      releases.addAll(next.releases);
      assertThat(next.releases).isNotEmpty();
      assertThat(versions(next.plans.get(next.plans.size() - 1)))
          .containsExactlyElementsOf(releases.stream().map(ModelRelease::getVersion).toList());
      assertThat(state(next.rounds.get(1)).lists())
          .isEqualTo(state(former).lists() + next.rounds.get(1).getLists());
    }
  }
}
