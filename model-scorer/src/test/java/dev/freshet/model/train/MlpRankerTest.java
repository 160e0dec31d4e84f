package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.TestModels;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlpRankerTest {
  private static final int FEATURES = 5;
  private static final int COUNT = 11;

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "7", "6,4", "5,3,2"})
  void gradientMatchesFiniteDifferences(String widths) {
    MlpRanker ranker = TestModels.ranker(FEATURES, widths(widths));
    RankingExample example = example(3);
    double[] parameters = ranker.parameters();
    double[] gradient = new double[parameters.length];
    double loss = ranker.addGradient(example, gradient);
    assertThat(loss).isEqualTo(ranker.loss(example)).isPositive();
    assertThat(Arrays.stream(gradient)).anyMatch(slope -> Math.abs(slope) > 1e-3);

    double step = 1e-6;
    for (int i = 0; i < parameters.length; i++) {
      double value = parameters[i];
      parameters[i] = value + step;
      double above = ranker.loss(example);
      parameters[i] = value - step;
      double below = ranker.loss(example);
      parameters[i] = value;
      double slope = (above - below) / (2 * step);
      assertThat(gradient[i])
          .as("parameter %d", i)
          .isCloseTo(slope, within(1e-7 + 1e-6 * Math.abs(slope)));
    }
  }

  @Test
  void gradientAddsUpOverExamples() {
    MlpRanker ranker = TestModels.ranker(FEATURES, 7);
    double[] both = new double[ranker.parameters().length];
    double[] first = both.clone();
    double[] second = both.clone();
    ranker.addGradient(example(1), both);
    ranker.addGradient(example(2), both);
    ranker.addGradient(example(1), first);
    ranker.addGradient(example(2), second);
    for (int i = 0; i < both.length; i++) {
      assertThat(both[i]).isCloseTo(first[i] + second[i], within(1e-12));
    }
  }

  @Test
  void weightStandsForSoManyCandidates() {
    MlpRanker ranker = TestModels.ranker(2, 4);
    float[] repeated = {0.5f, -1, 1, 1, 1, 1, 1, 1};
    float[] sampled = {0.5f, -1, 1, 1};
    RankingExample whole = new RankingExample(repeated, 4, new float[] {1, 0, 0, 0});
    RankingExample sample = new RankingExample(sampled, 2, new float[] {1, 0}, new float[] {1, 3});
    assertThat(ranker.loss(sample)).isCloseTo(ranker.loss(whole), within(1e-12));

    double[] wholeGradient = new double[ranker.parameters().length];
    double[] sampleGradient = wholeGradient.clone();
    ranker.addGradient(whole, wholeGradient);
    ranker.addGradient(sample, sampleGradient);
    assertThat(sampleGradient).containsExactly(wholeGradient, within(1e-12));
  }

  @Test
  void listWithoutPositiveTeachesNothing() {
    MlpRanker ranker = TestModels.ranker(2, 4);
    double[] gradient = new double[ranker.parameters().length];
    // After a list that does teach: nothing of it may be left over.
    ranker.addGradient(
        new RankingExample(new float[] {1, 2, 3, 4}, 2, new float[] {1, 0}), gradient);
    double[] before = gradient.clone();
    RankingExample none = new RankingExample(new float[] {1, 2, 3, 4}, 2, new float[] {0, 0});
    assertThat(ranker.addGradient(none, gradient)).isZero();
    assertThat(gradient).isEqualTo(before);
  }

  @Test
  void everyInputHasFiniteScoreAndGradient() {
    MlpRanker ranker = TestModels.ranker(2, 4);
    float[] rows = {
      Float.NaN, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, 1
    };
    assertThat(Arrays.stream(ranker.score(rows, 3))).allMatch(Double::isFinite);
    double[] gradient = new double[ranker.parameters().length];
    double loss = ranker.addGradient(new RankingExample(rows, 3, new float[] {0, 1, 0}), gradient);
    assertThat(loss).isFinite();
    assertThat(Arrays.stream(gradient)).allMatch(Double::isFinite);
  }

  @Test
  void runningStatisticsAreThoseOfAllRows() {
    SplittableRandom random = new SplittableRandom(1);
    FeatureNormalizer normalizer = new FeatureNormalizer(2);
    int count = 1000;
    double[] seen = new double[count];
    for (int i = 0; i < count; i++) {
      // Large mean, small deviation: sums of squares in one pass would lose it.
      float value = (float) (1e6 + random.nextDouble(-50, 50));
      seen[i] = value;
      normalizer.observe(new float[] {value, 7, Float.NaN, Float.POSITIVE_INFINITY});
    }
    double mean = 0;
    for (double value : seen) {
      mean += value / count;
    }
    double variance = 0;
    for (double value : seen) {
      variance += (value - mean) * (value - mean) / count;
    }
    assertThat(normalizer.means()).containsExactly((float) mean, 7);
    assertThat((double) normalizer.scales()[0])
        .isCloseTo(1 / Math.sqrt(variance), within(1e-6 / Math.sqrt(variance)));
    assertThat(normalizer.scales()[1]).as("never varied").isZero();
  }

  @Test
  void mergedStatisticsAreThoseOfAllRows() {
    SplittableRandom random = new SplittableRandom(2);
    FeatureNormalizer all = new FeatureNormalizer(2);
    FeatureNormalizer merged = new FeatureNormalizer(2);
    assertThat(merged.isEmpty()).isTrue();
    for (int part = 0; part < 5; part++) {
      FeatureNormalizer some = new FeatureNormalizer(2);
      for (int i = 0; i < 50 * part; i++) {
        float[] row = {(float) (1e6 + 100 * part + random.nextDouble(-50, 50)), Float.NaN};
        all.observe(row);
        some.observe(row);
      }
      merged.merge(some);
    }
    assertThat(merged.isEmpty()).isFalse();
    assertThat(merged.means()).isEqualTo(all.means());
    assertThat(merged.scales()[0]).isCloseTo(all.scales()[0], within(1e-6f * all.scales()[0]));
    assertThat(merged.scales()[1]).isZero();
    FeatureNormalizer copy = all.copy();
    copy.observe(new float[] {0, 0});
    assertThat(copy.means()).isNotEqualTo(all.means());
  }

  @Test
  void boundHoldsForEveryRow() {
    MlpRanker ranker = TestModels.ranker(FEATURES, 6, 4);
    double bound = ranker.valueBound();
    SplittableRandom random = new SplittableRandom(6);
    float[] rows = new float[500 * FEATURES];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
    }
    assertThat(Arrays.stream(ranker.score(rows, 500)))
        .allMatch(score -> Math.abs(score) <= bound)
        .anyMatch(score -> Math.abs(score) > bound / 20);
    // Of a linear model it is reached.
    MlpRanker linear = TestModels.ranker(FEATURES);
    assertThat(Arrays.stream(linear.score(rows, 500)).max().getAsDouble())
        .isCloseTo(linear.valueBound(), within(1e-9));
    linear.parameters()[0] = Double.NaN;
    assertThat(linear.valueBound()).isNaN();
  }

  @Test
  void seedDecidesTheWeights() {
    double[] weights = new MlpRanker(5, new int[] {4}, 1).parameters();
    assertThat(new MlpRanker(5, new int[] {4}, 1).parameters()).isEqualTo(weights);
    assertThat(new MlpRanker(5, new int[] {4}, 2).parameters()).isNotEqualTo(weights);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MlpRanker ranker = new MlpRanker(3, new int[0], 1);
    RankingExample example = new RankingExample(new float[4], 2, new float[] {1, 0});
    assertThatThrownBy(() -> ranker.observe(example))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 features a row, the ranker has 3");
    assertThatThrownBy(() -> ranker.loss(example)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ranker.score(new float[4], 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MlpRanker(3, new int[] {4, 0}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 4, 0, 1]");
    assertThatThrownBy(() -> new MlpRanker(0, new int[0], 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesImpossibleExamples() {
    float[] rows = new float[6];
    float[] labels = {1, 0};
    assertThatThrownBy(() -> new RankingExample(rows, 4, new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 values are not 4 rows");
    assertThatThrownBy(() -> new RankingExample(rows, 0, new float[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RankingExample(rows, 3, labels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 rows have 2 labels");
    for (float label : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new RankingExample(rows, 2, new float[] {0, label}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("of row 1");
    }
    for (float weight : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new RankingExample(rows, 2, labels, new float[] {1, weight}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("weight");
    }
  }

  /** Several positives of different strength, weights, and unknown features. */
  private static RankingExample example(long seed) {
    float[] labels = new float[COUNT];
    labels[2] = 1;
    labels[7] = 0.5f;
    float[] weights = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      weights[i] = 1 + i % 3;
    }
    return new RankingExample(TestModels.rows(COUNT, FEATURES, seed), COUNT, labels, weights);
  }

  private static int[] widths(String widths) {
    return widths.isEmpty()
        ? new int[0]
        : Arrays.stream(widths.split(",")).mapToInt(Integer::parseInt).toArray();
  }
}
