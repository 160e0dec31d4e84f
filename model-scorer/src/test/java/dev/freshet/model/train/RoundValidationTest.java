package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.train.RoundValidation.HeldOut;
import dev.freshet.model.train.RoundValidation.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RoundValidationTest {
  private static final int FEATURES = PlantedLists.FEATURES;
  private static final LearningOptions OPTIONS = LearningRun.options(1, 16);
  private static final LearnedState LEARNED = learned();

  @Test
  void betterIsActivatedAndWorseRefused() {
    RoundValidation againstNoise = validate(300, row -> row[3]);
    assertThat(againstNoise.verdict(OPTIONS)).isEqualTo(Verdict.ACTIVATE);
    assertThat(againstNoise.lists()).isEqualTo(300);
    assertThat(againstNoise.learnedMrr()).isGreaterThan(againstNoise.servedMrr() + 0.4);

    RoundValidation againstTaste = validate(300, PlantedLists::nonlinear);
    assertThat(againstTaste.verdict(OPTIONS)).isEqualTo(Verdict.REFUSE);
    assertThat(againstTaste.reciprocalRanks().difference()).isNegative();
  }

  /** The served scores as they are, squeezed, and shifted: the same order, the same verdict. */
  @Test
  void scaleOfServedScoresHasNoSay() {
    RoundValidation plain = validate(200, PlantedLists::nonlinear);
    RoundValidation scaled = validate(200, row -> 1000 + PlantedLists.nonlinear(row) * 16);
    assertThat(scaled.servedMrr()).isCloseTo(plain.servedMrr(), within(1e-2));
    assertThat(scaled.verdict(OPTIONS)).isEqualTo(plain.verdict(OPTIONS));
  }

  @Test
  void fewListsDecideNothingUntilThereAreEnough() {
    RoundValidation sum = RoundValidation.NONE;
    assertThat(sum.verdict(OPTIONS)).isEqualTo(Verdict.WAIT);
    for (int round = 0; round < 4; round++) {
      assertThat(sum.verdict(OPTIONS)).isEqualTo(Verdict.WAIT);
      sum = sum.plus(RoundValidation.compare(LEARNED, heldOut(25, round, PlantedLists::nonlinear)));
    }
    assertThat(sum.lists()).isEqualTo(100);
    assertThat(sum.verdict(OPTIONS)).isEqualTo(Verdict.REFUSE);
  }

  @Test
  void orderOfListsHasNoSay() {
    List<HeldOut> lists = new ArrayList<>(heldOut(50, 3, row -> row[0]));
    RoundValidation expected = RoundValidation.compare(LEARNED, lists);
    for (int i = 0; i < 5; i++) {
      Collections.shuffle(lists, new Random(i));
      assertThat(RoundValidation.compare(LEARNED, lists)).isEqualTo(expected);
    }
  }

  /** A model that knows nothing scores all the same; that must not look good. */
  @Test
  void equalScoresAndNanDoNotFlatter() {
    LearnedState initial = LearnedState.initial(FEATURES, OPTIONS);
    RoundValidation nothing = RoundValidation.compare(initial, heldOut(100, 1, row -> Double.NaN));
    assertThat(nothing.learnedMrr()).isCloseTo(0.05, within(1e-12));
    assertThat(nothing.servedMrr()).as("NaN is a miss").isZero();
    assertThat(nothing.reciprocalRanks().standardError()).isCloseTo(0, within(1e-9));
    assertThat(RoundValidation.compare(initial, heldOut(100, 1, row -> row[0])).verdict(OPTIONS))
        .isEqualTo(Verdict.REFUSE);
  }

  @Test
  void leavesOutListsWithoutPositiveAndRefusesWhatDoesNotFit() {
    LearningExample negative =
        new LearningExample(1, new RankingExample(new float[8], 2, new float[2]));
    assertThat(RoundValidation.compare(LEARNED, List.of(new HeldOut(negative, new float[2]))))
        .isEqualTo(RoundValidation.NONE);
    assertThatThrownBy(() -> new HeldOut(negative, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 served scores for a list of 2 candidates");
    LearningExample other =
        new LearningExample(1, new RankingExample(new float[6], 2, new float[] {1, 0}));
    assertThatThrownBy(
            () -> RoundValidation.compare(LEARNED, List.of(new HeldOut(other, new float[2]))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RoundValidation validate(int lists, ToDoubleFunction<float[]> served) {
    return RoundValidation.compare(LEARNED, heldOut(lists, 77, served));
  }

  private static List<HeldOut> heldOut(int lists, long round, ToDoubleFunction<float[]> served) {
    List<HeldOut> heldOut = new ArrayList<>();
    for (LearningExample example : LearningRun.lists(lists, 500 + round, PlantedLists::nonlinear)) {
      float[] scores = new float[example.list().count()];
      for (int row = 0; row < scores.length; row++) {
        float[] values = new float[FEATURES];
        System.arraycopy(example.list().rows(), row * FEATURES, values, 0, FEATURES);
        scores[row] = (float) served.applyAsDouble(values);
      }
      heldOut.add(new HeldOut(example, scores));
    }
    return heldOut;
  }

  private static LearnedState learned() {
    LearningRun run = new LearningRun(OPTIONS, FEATURES);
    for (int round = 0; round < 4; round++) {
      run.round(LearningRun.lists(150, round, PlantedLists::nonlinear));
    }
    return run.state();
  }
}
