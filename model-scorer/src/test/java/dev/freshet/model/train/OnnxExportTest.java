package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.TestModels;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxExportTest {
  /** What was trained is what serves, also for values never seen in training. */
  @Property(tries = 500)
  void exportedGraphScoresLikeTheRanker(
      @ForAll @IntRange(min = 1, max = 24) int features,
      @ForAll @Size(max = 3) List<@IntRange(min = 1, max = 40) Integer> hidden,
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll long seed)
      throws ModelRejectedException {
    SplittableRandom random = new SplittableRandom(seed);
    MlpRanker ranker =
        new MlpRanker(features, hidden.stream().mapToInt(Integer::intValue).toArray(), seed);
    ranker.observe(
        new RankingExample(values(random, 50 * features, features, false), 50, new float[50]));
    float[] input = values(random, rows * features, features, true);

    double[] expected = ranker.score(input, rows);

    ModelBundle bundle = ModelBundle.of(OnnxExport.toOnnx(ranker, TestModels.metadata(features)));
    try (OnnxScorer scorer = new OnnxScorer(bundle)) {
      scorer.input(rows).put(input);
      float[] scores = new float[rows];
      scorer.score(rows).get(scores);
      for (int row = 0; row < rows; row++) {
        assertThat((double) scores[row])
            .isCloseTo(expected[row], within(1e-5 * Math.max(1, Math.abs(expected[row]))));
      }
    }
  }

  /** Quantising may change places of rows whose scores are close, and little else. */
  @ParameterizedTest
  @CsvSource({"24,16", "24,64", "100,33", "7,0"})
  void int8ScoresAndRanksCloseToBinary32(int features, int hidden) throws Exception {
    int[] widths = hidden == 0 ? new int[0] : new int[] {hidden};
    int rows = 400;
    float[] input = TestModels.rows(rows, features, 12);
    float[] exact;
    float[] quantized;
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModels.onnx(features, widths)))) {
      exact = scores(scorer, input, rows);
    }
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModels.int8(features, widths)))) {
      quantized = scores(scorer, input, rows);
    }
    double mean = mean(exact);
    double spread = 0;
    double error = 0;
    for (int row = 0; row < rows; row++) {
      spread += (exact[row] - mean) * (exact[row] - mean);
      error += (exact[row] - quantized[row]) * (exact[row] - quantized[row]);
    }
    assertThat(quantized).isNotEqualTo(exact);
    assertThat(Math.sqrt(error / spread)).as("error in deviations").isLessThan(0.05);
    assertThat(concordance(exact, quantized)).as("pairs in the same order").isGreaterThan(0.97);
  }

  @Test
  void int8ScoresBatchesOfAnySizeAndRowsThatAreAllTheSame() throws Exception {
    try (OnnxScorer exact = new OnnxScorer(ModelBundle.of(TestModels.onnx(24, 16)));
        OnnxScorer quantized = new OnnxScorer(ModelBundle.of(TestModels.int8(24, 16)))) {
      for (int rows : new int[] {1, 2, 3, 7, 16, 17, 100, 255, 1000}) {
        float[] input = TestModels.rows(rows, 24, rows);
        float[] expected = scores(exact, input, rows);
        float[] scores = scores(quantized, input, rows);
        for (int row = 0; row < rows; row++) {
          assertThat(scores[row])
              .as("row %d of %d", row, rows)
              .isCloseTo(expected[row], within(.3f));
        }
        // The same rows, the same digits.
        assertThat(scores(quantized, input, rows)).isEqualTo(scores);
        // All normalised values are 0, which leaves no range to quantise.
        Arrays.fill(input, Float.NaN);
        assertThat(scores(quantized, input, rows))
            .containsOnly(scores(quantized, Arrays.copyOf(input, 24), 1)[0]);
      }
    }
  }

  @Test
  void int8IsSmallerAndTheSameForTheSameRanker() {
    assertThat(TestModels.int8(24, 256, 64)).isEqualTo(TestModels.int8(24, 256, 64));
    assertThat(TestModels.int8(24, 256, 64).length)
        .isLessThan(TestModels.onnx(24, 256, 64).length / 3);
  }

  private static float[] scores(OnnxScorer scorer, float[] input, int rows) {
    scorer.input(rows).put(input);
    float[] scores = new float[rows];
    scorer.score(rows).get(scores);
    return scores;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double concordance(float[] one, float[] other) {
    int same = 0;
    int pairs = 0;
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < i; j++) {
        pairs++;
        same += (one[i] > one[j]) == (other[i] > other[j]) ? 1 : 0;
      }
    }
    return (double) same / pairs;
  }

  /**
   * Each feature on its own scale, some constant, some unknown; hostile: infinite and huge as well.
   */
  private static float[] values(
      SplittableRandom random, int length, int features, boolean hostile) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      int feature = i % features;
      double scale = Math.pow(10, feature % 7 - 3);
      int kind = random.nextInt(hostile ? 24 : 20);
      values[i] =
          switch (kind) {
            case 0 -> Float.NaN;
            case 20 -> Float.POSITIVE_INFINITY;
            case 21 -> Float.NEGATIVE_INFINITY;
            case 22 -> Float.MAX_VALUE;
            case 23 -> -Float.MAX_VALUE;
            default ->
                feature % 5 == 4 && !hostile
                    ? 3
                    : (float) (scale * (random.nextDouble(-2, 2) + feature % 3 * 100));
          };
    }
    return values;
  }

  @Test
  void unknownFeatureCountsAsItsMean() throws Exception {
    MlpRanker ranker = TestModels.ranker(4, 8);
    float[] means = ranker.normalizer().means();
    assertThat(means[1]).isNotZero();
    float[] unknown = new float[4];
    Arrays.fill(unknown, Float.NaN);

    try (OnnxScorer scorer =
        new OnnxScorer(ModelBundle.of(OnnxExport.toOnnx(ranker, TestModels.metadata(4))))) {
      scorer.input(2).put(means).put(unknown);
      assertThat(scorer.score(2).get(0)).isEqualTo(scorer.score(2).get(1));
    }
    assertThat(ranker.score(unknown, 1)).isEqualTo(ranker.score(means, 1));
  }

  @Test
  void sameRankerGivesSameBytes() {
    assertThat(TestModels.onnx(6, 16)).isEqualTo(TestModels.onnx(6, 16));
  }

  @Test
  void refusesOtherNumberOfNames() {
    assertThatThrownBy(() -> OnnxExport.toOnnx(TestModels.ranker(4), TestModels.metadata(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names 5 features, the ranker has 4");
  }
}
