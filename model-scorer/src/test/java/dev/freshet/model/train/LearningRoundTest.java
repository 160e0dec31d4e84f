package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.TestModels;
import dev.freshet.model.train.LearningRound.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRoundTest {
  private static final int FEATURES = PlantedLists.FEATURES;
  private static final int DRIFTING_ROUNDS = 30;
  private static final int FROZEN_AFTER = 8;

  /** Change the digest only together with the learning; another machine is no reason. */
  @Test
  void sameExamplesGiveTheSameBytesWhateverTheOrder() throws Exception {
    LearningOptions options = LearningRun.options(3, 8);
    LearningRun one = new LearningRun(options, FEATURES);
    LearningRun other = new LearningRun(options, FEATURES);
    Random order = new Random(5);
    for (int round = 0; round < 6; round++) {
      List<LearningExample> lists = LearningRun.lists(60, round, PlantedLists::nonlinear);
      one.round(lists);
      List<LearningExample> shuffled = new ArrayList<>(lists);
      Collections.shuffle(shuffled, order);
      other.round(shuffled);
      assertThat(other.state().toBytes()).isEqualTo(one.state().toBytes());
    }
    byte[] onnx = OnnxExport.toOnnx(one.state().ranker(), TestModels.metadata(FEATURES));
    assertThat(ModelBundle.of(onnx).sha256())
        .isEqualTo("82d1881465c165fb0264df972a3bbd8d0f50458b299bfbebe2828d14a6ac86b9");
  }

  @Test
  void orderHasNoSayEvenWhereKeysAreEqual() {
    LearningOptions options = LearningRun.options(1, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    run.round(LearningRun.lists(60, 0, PlantedLists::nonlinear));
    List<LearningExample> lists = new ArrayList<>();
    for (LearningExample example : LearningRun.lists(60, 1, PlantedLists::nonlinear)) {
      lists.add(new LearningExample(7, example.list()));
    }
    RehearsalMemory none = new RehearsalMemory(options);
    ShardResult expected = new ShardLearner(options).learn(run.state(), 0, lists, none);
    Collections.shuffle(lists, new Random(2));
    assertThat(new ShardLearner(options).learn(run.state(), 0, lists, none)).isEqualTo(expected);
  }

  @Test
  void orderOfResultsHasNoSay() {
    LearningOptions options = LearningRun.options(4, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    run.round(LearningRun.lists(80, 0, PlantedLists::nonlinear));
    LearnedState before = run.state();
    List<ShardResult> results = run.results(LearningRun.lists(80, 1, PlantedLists::nonlinear));
    LearningRound expected = LearningRound.conclude(before, results, options);
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(results, new Random(i));
      assertThat(LearningRound.conclude(before, results, options)).isEqualTo(expected);
    }
  }

  /** Beside it the taste of before, which was learned as well, and what can be known at all. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void followsADriftingTasteWithAnyNumberOfShards(int shards) {
    LearningRun run = new LearningRun(LearningRun.options(shards, 16), FEATURES);
    LearnedState frozen = null;
    double learned = 0;
    double stale = 0;
    for (int round = 0; round < DRIFTING_ROUNDS; round++) {
      List<LearningExample> lists =
          LearningRun.lists(400, round, LearningRun.drifting(round, DRIFTING_ROUNDS));
      if (round == FROZEN_AFTER) {
        frozen = run.state();
      }
      if (frozen != null) {
        // Judged before it learns from them.
        learned += mrr(run.state(), lists) / (DRIFTING_ROUNDS - FROZEN_AFTER);
        stale += mrr(frozen, lists) / (DRIFTING_ROUNDS - FROZEN_AFTER);
      }
      run.round(lists);
    }
    assertThat(learned).as("learned, against %s", stale).isGreaterThan(stale + 0.1);
    // The same figure for 1, 2 and 4 shards. The taste itself as the score has 0.88.
    assertThat(learned).isCloseTo(0.83, within(0.02));
  }

  @Test
  void oneShardOverRoundsIsAsGoodAsTrainingOnAllAtOnce() {
    LearningRun run = new LearningRun(LearningRun.options(1, 16), FEATURES);
    List<RankingExample> all = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      List<LearningExample> lists = LearningRun.lists(250, round, PlantedLists::nonlinear);
      lists.forEach(example -> all.add(example.list()));
      run.round(lists);
    }
    List<LearningExample> unseen = LearningRun.lists(1000, 99, PlantedLists::nonlinear);
    MlpRanker trained = new MlpRanker(FEATURES, new int[] {16}, 1);
    new RankerTrainer(new RankerTrainer.Options(15, 16, 0.01, 5, 0.1, 4, 1))
        .train(trained, all, epoch -> {});
    double atOnce =
        RankerTrainer.evaluate(trained, unseen.stream().map(LearningExample::list).toList()).mrr();
    assertThat(atOnce).isGreaterThan(0.8);
    assertThat(mrr(run.state(), unseen)).isCloseTo(atOnce, within(0.02));
  }

  @Test
  void linearModelLearnsLinearTaste() {
    LearningRun run = new LearningRun(LearningRun.options(2), FEATURES);
    for (int round = 0; round < 8; round++) {
      run.round(LearningRun.lists(200, round, PlantedLists::linear));
    }
    assertThat(run.state().hidden()).isEmpty();
    assertThat(mrr(run.state(), LearningRun.lists(500, 99, PlantedLists::linear)))
        .isGreaterThan(0.7);
  }

  @Test
  void firstExamplesAreMeasuredAndLearnedByRehearsal() {
    LearningOptions options = LearningRun.options(2, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    LearningRound first = run.round(LearningRun.lists(100, 0, PlantedLists::nonlinear));
    assertThat(first.outcome()).isEqualTo(Outcome.MEASURED);
    assertThat(first.lists()).isEqualTo(100);
    assertThat(first.loss()).isNaN();
    assertThat(first.state().isMeasured()).isTrue();
    assertThat(first.state().lists()).isZero();
    assertThat(first.state().parameters())
        .isEqualTo(LearnedState.initial(FEATURES, options).parameters());

    List<LearningExample> lists = LearningRun.lists(100, 1, PlantedLists::nonlinear);
    List<ShardResult> results = run.results(lists);
    assertThat(results).allMatch(result -> result.rehearsedLists() > 0);
    LearningRound second = LearningRound.conclude(run.state(), results, options);
    assertThat(second.outcome()).isEqualTo(Outcome.LEARNED);
    assertThat(second.state().round()).isEqualTo(2);
    assertThat(second.state().lists()).isEqualTo(100);
    assertThat(second.loss()).isPositive();
  }

  @Test
  void shardWithoutListsHasNoSay() {
    LearningOptions options = LearningRun.options(3, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    run.round(LearningRun.lists(90, 0, PlantedLists::nonlinear));
    run.round(LearningRun.lists(90, 1, PlantedLists::nonlinear));
    LearnedState before = run.state();
    ShardLearner learner = new ShardLearner(options);
    RehearsalMemory memory = new RehearsalMemory(options);
    memory.add(1, LearningRun.lists(10, 0, PlantedLists::nonlinear));
    List<LearningExample> lists = LearningRun.lists(30, 2, PlantedLists::nonlinear);

    ShardResult alone = learner.learn(before, 1, lists, memory);
    LearningRound round =
        LearningRound.conclude(
            before,
            List.of(
                learner.learn(before, 0, List.of(), memory),
                alone,
                learner.learn(before, 2, List.of(), memory)),
            options);

    assertThat(round.outcome()).isEqualTo(Outcome.LEARNED);
    // The last layer is not written anew: its weights are the one shard's, to the bit.
    int size = alone.parameters().length;
    for (int i = size - 9; i < size; i++) {
      assertThat(round.state().parameters()[i]).isEqualTo(alone.parameters()[i]);
      assertThat(round.state().moments().first()[i]).isEqualTo(alone.moments().first()[i]);
      assertThat(round.state().moments().second()[i]).isEqualTo(alone.moments().second()[i]);
    }
    assertThat(round.state().moments().firstRest()).isEqualTo(alone.moments().firstRest());
    assertThat(round.state().moments().secondRest()).isEqualTo(alone.moments().secondRest());
    assertThat(round.loss()).isEqualTo(alone.loss());
  }

  @Test
  void averageIsWeightedByLists() {
    LearningOptions options = LearningRun.options(2, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    run.round(LearningRun.lists(90, 0, PlantedLists::nonlinear));
    ShardLearner learner = new ShardLearner(options);
    RehearsalMemory none = new RehearsalMemory(options);
    ShardResult few =
        learner.learn(run.state(), 0, LearningRun.lists(20, 1, PlantedLists::nonlinear), none);
    ShardResult many =
        learner.learn(run.state(), 1, LearningRun.lists(60, 2, PlantedLists::nonlinear), none);
    LearnedState after = LearningRound.conclude(run.state(), List.of(few, many), options).state();
    // The weights of the last layer, which is not written anew.
    int size = few.parameters().length;
    for (int i = size - 9; i < size - 1; i++) {
      assertThat(after.parameters()[i])
          .isCloseTo(0.25 * few.parameters()[i] + 0.75 * many.parameters()[i], within(1e-15));
      assertThat(after.moments().first()[i])
          .isCloseTo(
              0.25 * few.moments().first()[i] + 0.75 * many.moments().first()[i], within(1e-15));
      assertThat(after.moments().second()[i])
          .isCloseTo(
              0.25 * few.moments().second()[i] + 0.75 * many.moments().second()[i], within(1e-15));
    }
    assertThat(few.moments().first()[size - 2]).isNotEqualTo(many.moments().first()[size - 2]);
    assertThat(after.moments().secondRest())
        .isCloseTo(
            0.25 * few.moments().secondRest() + 0.75 * many.moments().secondRest(), within(1e-15));
  }

  /** Rows whose mean and deviation move a lot, and lists that teach nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"", "8", "6,4"})
  void newStatisticsDoNotChangeTheFunction(String hidden) {
    int[] widths =
        hidden.isEmpty()
            ? new int[0]
            : Arrays.stream(hidden.split(",")).mapToInt(Integer::parseInt).toArray();
    LearningOptions options = LearningRun.options(1, widths);
    LearningRun run = new LearningRun(options, FEATURES);
    for (int round = 0; round < 3; round++) {
      run.round(LearningRun.lists(50, round, PlantedLists::nonlinear));
    }
    float[] rows = new float[40 * FEATURES];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextDouble(-2, 2);
    }
    double[] before = run.state().ranker().score(rows, 40);
    float[] meansBefore = run.state().statistics().means();
    float[] scalesBefore = run.state().statistics().scales();
    AdamMoments momentsBefore = run.state().moments();
    List<LearningExample> moved = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      float[] other = new float[20 * FEATURES];
      for (int k = 0; k < other.length; k++) {
        other[k] = (float) random.nextDouble(0, 6);
      }
      moved.add(new LearningExample(i, new RankingExample(other, 20, new float[20])));
    }

    LearningRound round = run.round(moved);

    assertThat(round.outcome()).isEqualTo(Outcome.NOTHING_TO_LEARN);
    assertThat(round.listsWithoutPositive()).isEqualTo(100);
    assertThat(round.state().round()).isEqualTo(4);
    assertThat(round.state().statistics().means()[0]).isGreaterThan(meansBefore[0] + 1);
    assertThat(run.state().ranker().score(rows, 40))
        .usingComparatorWithPrecision(1e-4)
        .containsExactly(before);
    // What a gradient is divided by follows the unit that it is in now.
    double ratio = (double) run.state().statistics().scales()[0] / scalesBefore[0];
    assertThat(ratio).isLessThan(0.9);
    AdamMoments moments = run.state().moments();
    for (int i = 0; i < (widths.length == 0 ? 1 : widths[0]); i++) {
      double first = momentsBefore.first()[i] * ratio;
      double second = momentsBefore.second()[i] * ratio * ratio;
      assertThat(moments.first()[i]).isCloseTo(first, within(1e-12 + 1e-9 * Math.abs(first)));
      assertThat(moments.second()[i]).isCloseTo(second, within(1e-15 + 1e-9 * second));
    }
  }

  @Test
  void featureThatBeginsToVaryDoesNotDisturb() {
    LearningOptions options = LearningRun.options(1, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    for (int round = 0; round < 3; round++) {
      run.round(withFeature(LearningRun.lists(50, round, PlantedLists::nonlinear), 1, 0));
    }
    float[] rows =
        withFeature(LearningRun.lists(1, 9, PlantedLists::nonlinear), 1, 1).get(0).list().rows();
    double[] before = run.state().ranker().score(rows, 20);
    run.round(
        withoutPositive(withFeature(LearningRun.lists(50, 3, PlantedLists::nonlinear), 1, 1)));
    assertThat(run.state().statistics().scales()[1]).isPositive();
    assertThat(run.state().ranker().score(rows, 20))
        .usingComparatorWithPrecision(1e-3)
        .containsExactly(before);
    // But it is learned from then on.
    run.round(withFeature(LearningRun.lists(50, 4, PlantedLists::nonlinear), 1, 1));
    assertThat(run.state().parameters()[8]).isNotZero();
  }

  /** Almost constant for three rounds, then ten thousand times as wide. */
  @Test
  void featureThatWidensSuddenlyDoesNotDominate() {
    LearningOptions options = LearningRun.options(1, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    for (int round = 0; round < 3; round++) {
      run.round(withFeature(LearningRun.lists(50, round, PlantedLists::nonlinear), 2, 0.001f));
    }
    double bound = run.state().ranker().valueBound();
    run.round(
        withoutPositive(withFeature(LearningRun.lists(50, 3, PlantedLists::nonlinear), 2, 10)));
    assertThat(run.state().ranker().valueBound()).isLessThan(11 * bound);
  }

  @Test
  void badValuesNeverMakeWeightsBad() {
    LearningRun run = new LearningRun(LearningRun.options(2, 8), FEATURES);
    SplittableRandom random = new SplittableRandom(8);
    float[] bad = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE
    };
    for (int round = 0; round < 6; round++) {
      List<LearningExample> lists = new ArrayList<>();
      for (LearningExample example : LearningRun.lists(60, round, PlantedLists::nonlinear)) {
        float[] rows = example.list().rows().clone();
        float[] labels = example.list().labels().clone();
        float[] weights = example.list().weights().clone();
        for (int i = 0; i < rows.length; i++) {
          if (random.nextInt(5) == 0) {
            rows[i] = bad[random.nextInt(bad.length)];
          }
        }
        labels[random.nextInt(labels.length)] = Float.MAX_VALUE;
        weights[random.nextInt(weights.length)] = Float.MAX_VALUE;
        weights[random.nextInt(weights.length)] = Float.MIN_VALUE;
        lists.add(
            new LearningExample(
                example.key(), new RankingExample(rows, labels.length, labels, weights)));
      }
      LearningRound result = run.round(lists);
      assertThat(result.outcome()).isEqualTo(round == 0 ? Outcome.MEASURED : Outcome.LEARNED);
      assertThat(result.skippedSteps()).isZero();
      assertThat(Arrays.stream(run.state().parameters())).allMatch(Double::isFinite);
      assertThat(run.state().isFinite()).isTrue();
      // No feature is lost over it.
      for (float scale : run.state().statistics().scales()) {
        assertThat(scale).isPositive();
      }
    }
  }

  @Test
  void divergedRoundIsLostAndSaysSo() {
    LearningOptions sane = LearningRun.options(2, 8);
    LearningRun run = new LearningRun(sane, FEATURES);
    run.round(LearningRun.lists(50, 0, PlantedLists::nonlinear));
    run.round(LearningRun.lists(50, 1, PlantedLists::nonlinear));
    LearnedState before = run.state();
    List<LearningExample> lists = LearningRun.lists(50, 2, PlantedLists::nonlinear);
    LearningRound round = conclude(before, lists, sane, wild(1e300));

    assertThat(round.outcome()).isEqualTo(Outcome.NOT_FINITE);
    assertThat(round.skippedSteps()).isPositive();
    assertThat(round.loss()).isNaN();
    assertThat(round.state().round()).isEqualTo(3);
    assertThat(round.state().lists()).isEqualTo(before.lists());
    float[] rows = TestModels.rows(50, FEATURES, 1);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Float.isNaN(rows[i]) ? 1 : rows[i] / 2;
    }
    assertThat(round.state().ranker().score(rows, 50))
        .usingComparatorWithPrecision(1e-4)
        .containsExactly(before.ranker().score(rows, 50));
    // Learning goes on from there.
    LearningRun again =
        new LearningRun(
            sane, round.state(), List.of(new RehearsalMemory(sane), new RehearsalMemory(sane)));
    assertThat(again.round(LearningRun.lists(50, 3, PlantedLists::nonlinear)).outcome())
        .isEqualTo(Outcome.LEARNED);
  }

  /** Numbers still, but not in binary32, in which the model would serve. */
  @Test
  void parametersTooLargeToServeAreLostToo() {
    LearningOptions sane = LearningRun.options(2, 8);
    LearningRun run = new LearningRun(sane, FEATURES);
    run.round(LearningRun.lists(50, 0, PlantedLists::nonlinear));
    LearningRound round =
        conclude(run.state(), LearningRun.lists(16, 1, PlantedLists::nonlinear), sane, wild(1e30));
    assertThat(round.skippedSteps()).isZero();
    assertThat(round.outcome()).isEqualTo(Outcome.NOT_FINITE);
    assertThat(round.state().isFinite()).isTrue();
  }

  private static LearningOptions wild(double rate) {
    return new LearningOptions(List.of(8), 2, rate, 16, 1, 5, 100, 1, 20, 100, 1);
  }

  /** A round in which one shard learns by other options. */
  private static LearningRound conclude(
      LearnedState before,
      List<LearningExample> lists,
      LearningOptions sane,
      LearningOptions wild) {
    RehearsalMemory memory = new RehearsalMemory(sane);
    return LearningRound.conclude(
        before,
        List.of(
            new ShardLearner(sane).learn(before, 0, lists, memory),
            new ShardLearner(wild).learn(before, 1, lists, memory)),
        sane);
  }

  @Test
  void learningGoesOnFromBytesAsIfNothingHappened() {
    LearningOptions options = LearningRun.options(2, 8);
    LearningRun through = new LearningRun(options, FEATURES);
    LearningRun restored = new LearningRun(options, FEATURES);
    for (int round = 0; round < 6; round++) {
      List<LearningExample> lists = LearningRun.lists(60, round, PlantedLists::nonlinear);
      through.round(lists);
      restored = restored.restored();
      restored.round(lists);
      assertThat(restored.state()).isEqualTo(through.state());
    }
  }

  @Test
  void learnedStateServesAsItScores() throws Exception {
    LearningRun run = new LearningRun(LearningRun.options(2, 16), FEATURES);
    for (int round = 0; round < 4; round++) {
      run.round(LearningRun.lists(100, round, PlantedLists::nonlinear));
    }
    MlpRanker ranker = run.state().ranker();
    float[] rows = TestModels.rows(50, FEATURES, 4);
    double[] expected = ranker.score(rows, 50);
    byte[] onnx = OnnxExport.toOnnx(ranker, TestModels.metadata(FEATURES));
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(onnx))) {
      scorer.input(50).put(rows);
      for (int row = 0; row < 50; row++) {
        assertThat((double) scorer.score(50).get(row))
            .isCloseTo(expected[row], within(1e-5 * Math.max(1, Math.abs(expected[row]))));
      }
    }
  }

  @Test
  void refusesResultsThatDoNotMakeARound() {
    LearningOptions options = LearningRun.options(2, 8);
    LearningRun run = new LearningRun(options, FEATURES);
    LearnedState before = run.state();
    List<ShardResult> results = run.results(LearningRun.lists(20, 0, PlantedLists::nonlinear));
    assertThatThrownBy(() -> LearningRound.conclude(before, List.of(results.get(1)), options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no result of shard 0");
    assertThatThrownBy(
            () -> LearningRound.conclude(before, List.of(results.get(1), results.get(1)), options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a second result of shard 1");
    assertThatThrownBy(() -> LearningRound.conclude(before, results, LearningRun.options(1, 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a result of shard 1");
    LearnedState after = LearningRound.conclude(before, results, options).state();
    assertThatThrownBy(() -> LearningRound.conclude(after, results, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is of round 1; the round after 1 ends");
    LearnedState wider = LearnedState.initial(FEATURES + 1, options);
    assertThatThrownBy(() -> LearningRound.conclude(wider, results, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 features");
    assertThatThrownBy(
            () ->
                new ShardLearner(options)
                    .learn(
                        wider,
                        0,
                        LearningRun.lists(1, 0, PlantedLists::linear),
                        new RehearsalMemory(options)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 features a row, the model has 5");
    assertThatThrownBy(
            () ->
                new ShardLearner(options).learn(before, 2, List.of(), new RehearsalMemory(options)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shard 2; there are 2");
  }

  @Test
  void optionsNameEverythingThatIsWrong() {
    assertThatThrownBy(
            () -> new LearningOptions(List.of(4, 0), 0, Double.NaN, 0, 0, 0, -1, -1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "hidden [4, 0]",
            "shards 0",
            "learningRate NaN",
            "batchLists 0",
            "passes 0",
            "maxGradientNorm 0.0",
            "rehearsalLists -1",
            "rehearsalRatio -1.0",
            "rehearsalHalfLife 0",
            "minHeldOutLists 1");
  }

  private static double mrr(LearnedState state, List<LearningExample> lists) {
    return RankerTrainer.evaluate(
            state.ranker(), lists.stream().map(LearningExample::list).toList())
        .mrr();
  }

  private static List<LearningExample> withFeature(
      List<LearningExample> examples, int feature, float factor) {
    List<LearningExample> changed = new ArrayList<>();
    for (LearningExample example : examples) {
      float[] rows = example.list().rows().clone();
      for (int i = feature; i < rows.length; i += FEATURES) {
        rows[i] *= factor;
      }
      changed.add(
          new LearningExample(
              example.key(),
              new RankingExample(rows, example.list().count(), example.list().labels())));
    }
    return changed;
  }

  private static List<LearningExample> withoutPositive(List<LearningExample> examples) {
    return examples.stream()
        .map(
            example ->
                new LearningExample(
                    example.key(),
                    new RankingExample(
                        example.list().rows(),
                        example.list().count(),
                        new float[example.list().count()])))
        .toList();
  }
}
