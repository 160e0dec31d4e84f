package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.TestModels;
import dev.freshet.model.train.RankerTrainer.Epoch;
import dev.freshet.model.train.RankerTrainer.HoldoutQuality;
import dev.freshet.model.train.RankerTrainer.Options;
import dev.freshet.model.train.RankerTrainer.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankerTrainerTest {
  private static final Options OPTIONS = new Options(15, 16, 0.01, 5, 0.2, 4, 1);

  @Test
  void learnsWhatNoLinearModelCan() {
    List<RankingExample> examples = PlantedLists.draw(3000, 11, PlantedLists::nonlinear);

    HoldoutQuality linear = train(ranker(), examples).best().holdout();
    HoldoutQuality network = train(ranker(16), examples).best().holdout();

    assertThat(network.lists()).isEqualTo(600);
    assertThat(network.mrr()).isGreaterThan(linear.mrr() + 0.3);
    assertThat(network.loss()).isLessThan(linear.loss() - 0.8);
    assertThat(network.hitRateAt10()).isGreaterThan(0.97);
  }

  @Test
  void linearModelLearnsLinearPreference() {
    List<RankingExample> examples = PlantedLists.draw(1000, 12, PlantedLists::linear);
    HoldoutQuality before = RankerTrainer.evaluate(ranker(), examples);
    HoldoutQuality after = train(ranker(), examples).best().holdout();
    assertThat(before.mrr()).isLessThan(0.3);
    assertThat(after.mrr()).isGreaterThan(0.7);
  }

  @Test
  void sameSeedAndDataGiveSameBits() {
    List<RankingExample> examples = PlantedLists.draw(300, 13, PlantedLists::nonlinear);
    MlpRanker first = ranker(16);
    MlpRanker second = ranker(16);
    MlpRanker third = ranker(16);
    assertThat(train(first, examples)).isEqualTo(train(second, examples));
    new RankerTrainer(new Options(15, 16, 0.01, 5, 0.2, 4, 2)).train(third, examples, epoch -> {});
    assertThat(first.parameters()).isEqualTo(second.parameters());
    assertThat(first.parameters()).isNotEqualTo(third.parameters());
  }

  /**
   * Change the digest only together with the training or the export; another machine is no reason.
   */
  @Test
  void givesTheSameModelOnEveryMachine() throws Exception {
    MlpRanker ranker = ranker(16);
    train(ranker, PlantedLists.draw(300, 13, PlantedLists::nonlinear));
    byte[] onnx = OnnxExport.toOnnx(ranker, TestModels.metadata(PlantedLists.FEATURES));
    assertThat(ModelBundle.of(onnx).sha256())
        .isEqualTo("58b0d8be00239eb21c41d7658947aa07e4e3c55709c7664420ca12c2f4852d97");
  }

  @Test
  void keepsTheBestEpochAndStopsWithoutProgress() {
    // Few lists and a high rate: overfits soon.
    List<RankingExample> examples = PlantedLists.draw(60, 14, PlantedLists::nonlinear);
    MlpRanker ranker = ranker(32);
    List<Epoch> reported = new ArrayList<>();
    Result result =
        new RankerTrainer(new Options(200, 4, 0.02, 5, 0.2, 4, 1))
            .train(ranker, examples, reported::add);

    assertThat(reported).isEqualTo(result.epochs());
    assertThat(result.epochs()).extracting(Epoch::number).startsWith(0, 1, 2);
    assertThat(result.best().number()).isPositive();
    assertThat(result.epochs()).hasSize(result.best().number() + 1 + 4).hasSizeLessThan(200);
    assertThat(result.epochs())
        .allMatch(epoch -> epoch.holdout().loss() >= result.best().holdout().loss());
    assertThat(RankerTrainer.evaluate(ranker, examples.subList(48, 60)))
        .isEqualTo(result.best().holdout());
    assertThat(result.trainingLists()).isEqualTo(48);
  }

  @Test
  void holdsOutTheLastListsAndLearnsNothingOfThem() {
    List<RankingExample> examples =
        new ArrayList<>(PlantedLists.draw(100, 15, PlantedLists::linear));
    MlpRanker expected = ranker(4);
    train(expected, examples);
    // Same labels, other rows, in the held-out part only; one epoch, so that it can't choose the
    // weights either.
    Options once = new Options(1, 16, 0.01, 5, 0.2, 1, 1);
    MlpRanker one = ranker(4);
    MlpRanker other = ranker(4);
    new RankerTrainer(once).train(one, examples, epoch -> {});
    for (int i = 80; i < 100; i++) {
      RankingExample list = examples.get(i);
      float[] rows = list.rows().clone();
      for (int k = 0; k < rows.length; k++) {
        rows[k] = 2 * rows[k];
      }
      examples.set(i, new RankingExample(rows, list.count(), list.labels()));
    }
    Result result = new RankerTrainer(once).train(other, examples, epoch -> {});
    assertThat(result.best().number()).isEqualTo(1);
    assertThat(other.normalizer().means()).isEqualTo(one.normalizer().means());
    assertThat(other.parameters()).isEqualTo(one.parameters());
  }

  @Test
  void leavesOutListsWithoutPositive() {
    List<RankingExample> examples =
        new ArrayList<>(PlantedLists.draw(100, 16, PlantedLists::linear));
    for (int i = 0; i < 100; i += 10) {
      RankingExample list = examples.get(i);
      examples.set(i, new RankingExample(list.rows(), list.count(), new float[list.count()]));
    }
    Result result = train(ranker(), examples);
    assertThat(result.trainingLists()).isEqualTo(72);
    assertThat(result.best().holdout().lists()).isEqualTo(18);
    assertThat(result.listsWithoutPositive()).isEqualTo(10);
  }

  @Test
  void skipsAndCountsStepsWithoutFiniteGradient() {
    List<RankingExample> examples = PlantedLists.draw(100, 17, PlantedLists::linear);
    MlpRanker ranker = ranker(8);
    double[] before = ranker.parameters().clone();
    Result result =
        new RankerTrainer(new Options(3, 10, 1e300, 5, 0.2, 3, 1))
            .train(ranker, examples, epoch -> {});
    assertThat(result.skippedSteps()).isPositive();
    assertThat(result.best().number()).isZero();
    assertThat(ranker.parameters()).isEqualTo(before);
  }

  @Test
  void clipsTheGradientBeforeTheStep() {
    double[] gradient = {300, -400};
    double[] clipped = {3, -4};
    double[] small = {0.3, 0.4};
    double[] one = {1, 1};
    double[] two = {1, 1};
    Adam first = new Adam(2, 0.1, 5);
    Adam second = new Adam(2, 0.1, 5);
    assertThat(first.step(one, gradient)).isTrue();
    assertThat(second.step(two, clipped)).isTrue();
    assertThat(first.step(one, small)).isTrue();
    assertThat(second.step(two, small)).isTrue();
    assertThat(one).isEqualTo(two);
    assertThat(first.step(one, new double[] {Double.NaN, 1})).isFalse();
    assertThat(one).isEqualTo(two);
  }

  @Test
  void stepsGoOnFromTheMoments() {
    double[] one = {1, 1};
    double[] two = {1, 1};
    Adam through = new Adam(2, 0.1, 5);
    Adam resumed = new Adam(2, 0.1, 5);
    for (int i = 0; i < 5; i++) {
      double[] gradient = {i - 2, 1.0 / (i + 1)};
      through.step(one, gradient);
      resumed = new Adam(resumed.moments(), 0.1, 5);
      resumed.step(two, gradient);
      assertThat(two).isEqualTo(one);
    }
  }

  @Test
  void refusesWhatCannotBeTrained() {
    RankingExample negative = new RankingExample(new float[8], 2, new float[2]);
    RankingExample positive = new RankingExample(new float[8], 2, new float[] {0, 1});
    for (List<RankingExample> examples :
        List.of(
            List.<RankingExample>of(),
            List.of(positive),
            List.of(negative, positive),
            List.of(positive, negative))) {
      assertThatThrownBy(
              () ->
                  new RankerTrainer(new Options(1, 1, 0.1, 1, 0.5, 1, 1))
                      .train(ranker(), examples, epoch -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("of " + examples.size() + " lists");
    }
    assertThatThrownBy(() -> RankerTrainer.evaluate(ranker(), List.of(negative)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Options(1, 1, Double.NaN, 1, 0.5, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learningRate NaN");
    assertThatThrownBy(() -> new Options(1, 1, 0.1, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static MlpRanker ranker(int... hidden) {
    return new MlpRanker(PlantedLists.FEATURES, hidden, 42);
  }

  private static Result train(MlpRanker ranker, List<RankingExample> examples) {
    return new RankerTrainer(OPTIONS).train(ranker, examples, epoch -> {});
  }
}
