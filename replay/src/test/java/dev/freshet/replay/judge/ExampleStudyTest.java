package dev.freshet.replay.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankerTrainer;
import dev.freshet.model.train.RankingExample;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExampleStudyTest {

  private static final List<String> NAMES = List.of("other", "large", "user", "small");

  /** Without "other", which comes first in a row all the same. */
  private static final List<String> USED = List.of("large", "small", "user");

  private static TrainingExample scored(int id, long time, int wanted, float... scores) {
    return ScoredExamples.example(
        "r" + id, "u" + id % 97, time, NAMES, new float[scores.length][4], scores, wanted);
  }

  @Test
  void aSampleIsSpreadEvenlyAndDoesNotDependOnTheOrder() {
    List<TrainingExample> all = new ArrayList<>();
    for (int i = 0; i < 12_000; i++) {
      all.add(scored(i, i, i % 2 == 0 ? 0 : -1, 1, 2));
    }
    ExampleSample sample =
        new ExampleSample(Recommendations.PLACEMENT, Instant.ofEpochMilli(2_000));
    all.forEach(sample::offer);
    Collections.shuffle(all, new Random(1));
    ExampleSample shuffled =
        new ExampleSample(Recommendations.PLACEMENT, Instant.ofEpochMilli(2_000));
    all.forEach(shuffled::offer);

    assertThat(sample.lists()).isEqualTo(10_000);
    assertThat(sample.answered()).isEqualTo(5_000);
    assertThat(sample.examples()).hasSize(ExampleSample.MOST_LISTS);
    assertThat(sample.examples()).isEqualTo(shuffled.examples());
    long early =
        sample.examples().stream()
            .filter(example -> example.getServedTime().toEpochMilli() < 7_000)
            .count();
    assertThat(early).isBetween(900L, 1_100L);
  }

  @Test
  void listsOfOtherPlacementsAreNotInTheSample() {
    ExampleSample sample = new ExampleSample("footer", Instant.EPOCH);
    sample.offer(scored(1, 1, 0, 1, 2));
    assertThat(sample.lists()).isZero();
  }

  @Test
  void scoresThatMeanWhatTheySayAreOnTheDiagonal() {
    Random random = new Random(2);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      examples.add(drawn(random, i, 1));
    }
    Calibration calibration = Calibration.of(examples);
    assertThat(calibration.lists()).isEqualTo(4_000);
    assertThat(calibration.bins()).hasSize(10);
    int on = 0;
    for (Calibration.Bin bin : calibration.bins()) {
      on +=
          bin.observed().low() <= bin.foreseen() && bin.foreseen() <= bin.observed().high() ? 1 : 0;
    }
    assertThat(on).isGreaterThanOrEqualTo(8);
  }

  @Test
  void scoresThatAreTooLargeAreBelowTheDiagonal() {
    Random random = new Random(2);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      examples.add(drawn(random, i, 3));
    }
    Calibration.Bin mostLikely = Calibration.of(examples).bins().get(9);
    assertThat(mostLikely.observed().high()).isLessThan(mostLikely.foreseen());
  }

  @Test
  void aCandidateStandsForThoseThatWereNotKept() {
    Random random = new Random(3);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      TrainingExample whole = drawn(random, i, 1);
      List<ExampleCandidate> kept = new ArrayList<>();
      for (int row = 0; row < whole.getCandidates().size(); row++) {
        ExampleCandidate candidate = whole.getCandidates().get(row);
        float propensity = row < 5 ? 1f : 0.25f;
        if (random.nextFloat() < propensity) {
          candidate.setPropensity(propensity);
          kept.add(candidate);
        }
      }
      whole.setCandidates(kept);
      if (ExampleSample.wanted(whole) >= 0) {
        examples.add(whole);
      }
    }
    Calibration calibration = Calibration.of(examples);
    double candidates = 0;
    for (Calibration.Bin bin : calibration.bins()) {
      candidates += bin.candidates();
    }
    assertThat(calibration.lists()).isLessThan(4_000);
    assertThat(candidates).as("those of all lists").isCloseTo(6_000 * 20.0, within(4_000.0));
    for (Calibration.Bin bin : calibration.bins().subList(1, 9)) {
      assertThat(bin.observed().value() / bin.foreseen()).isCloseTo(1, within(0.4));
    }
  }

  /**
   * What is wanted is drawn by the softmax of scores; those that are told are larger by a factor.
   */
  private static TrainingExample drawn(Random random, int id, float factor) {
    float[] scores = new float[20];
    double sum = 0;
    for (int row = 0; row < scores.length; row++) {
      scores[row] = (float) random.nextGaussian();
      sum += Math.exp(scores[row]);
    }
    double left = random.nextDouble() * sum;
    int wanted = 0;
    while (wanted < scores.length - 1 && left >= Math.exp(scores[wanted])) {
      left -= Math.exp(scores[wanted++]);
    }
    for (int row = 0; row < scores.length; row++) {
      scores[row] *= factor;
    }
    return scored(id, id, wanted, scores);
  }

  @Test
  void aFeatureIsAsImportantAsTheOrderNeedsIt() throws Exception {
    ModelBundle bundle = modelOfTheFirst();
    Random random = new Random(4);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      float user = random.nextFloat();
      float[][] rows = new float[10][];
      int largest = 0;
      for (int row = 0; row < rows.length; row++) {
        rows[row] = new float[] {random.nextFloat(), random.nextFloat(), user, random.nextFloat()};
        largest = rows[row][1] > rows[largest][1] ? row : largest;
      }
      examples.add(
          ScoredExamples.example("r" + i, "u" + i % 40, i, NAMES, rows, new float[10], largest));
    }
    AtomicLong done = new AtomicLong();
    FeatureImportance importance = FeatureImportance.of(bundle, examples, done::set);

    assertThat(importance.model()).isEqualTo("default 7");
    assertThat(importance.mrr()).isGreaterThan(0.8);
    assertThat(importance.constant()).containsExactly("user");
    assertThat(importance.features())
        .extracting(FeatureImportance.Feature::name)
        .containsExactly("large", "small");
    // Ten candidates in an order of chance: (1 + 1/2 + ... + 1/10) / 10 is left.
    assertThat(importance.features().get(0).fall().value())
        .isCloseTo(importance.mrr() - 0.293, within(0.07));
    assertThat(importance.features().get(1).fall().value()).isCloseTo(0, within(0.03));
    assertThat(importance.scoringNanos().getTotalCount()).isEqualTo(300);
    assertThat(done).hasValue(300);
  }

  @Test
  void aModelOfOtherFeaturesIsRefusedWithTheirNames() throws Exception {
    TrainingExample example =
        ScoredExamples.example(
            "r", "u", 1, List.of("large"), new float[][] {{1}, {2}}, new float[2], 0);
    ModelBundle bundle = modelOfTheFirst();
    assertThatThrownBy(() -> FeatureImportance.of(bundle, List.of(example), done -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("small");
  }

  /**
   * A linear model that has learned to want the candidate of which the first feature is largest.
   */
  private static ModelBundle modelOfTheFirst() throws Exception {
    Random random = new Random(7);
    List<RankingExample> lists = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      float[] rows = new float[10 * USED.size()];
      float[] labels = new float[10];
      int largest = 0;
      for (int row = 0; row < labels.length; row++) {
        for (int feature = 0; feature < USED.size(); feature++) {
          rows[row * USED.size() + feature] = random.nextFloat();
        }
        largest = rows[row * USED.size()] > rows[largest * USED.size()] ? row : largest;
      }
      labels[largest] = 1;
      lists.add(new RankingExample(rows, labels.length, labels));
    }
    MlpRanker ranker = new MlpRanker(USED.size(), new int[0], 1);
    new RankerTrainer(RankerTrainer.Options.defaults()).train(ranker, lists, epoch -> {});
    return ModelBundle.of(
        OnnxExport.toOnnx(
            ranker, new ModelMetadata("default", "7", USED, Optional.empty(), new TreeMap<>())));
  }
}
