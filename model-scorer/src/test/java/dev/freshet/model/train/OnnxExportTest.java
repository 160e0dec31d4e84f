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
