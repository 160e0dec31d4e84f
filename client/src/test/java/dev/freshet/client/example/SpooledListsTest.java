package dev.freshet.client.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.RankerTrainer;
import dev.freshet.model.train.RankingExample;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledListsTest {
  @TempDir Path folder;

  /** Lists of different lengths, of which some teach nothing. */
  private static List<TrainingExample> examples(int size) {
    SplittableRandom random = new SplittableRandom(1);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int count = 1 + random.nextInt(20);
      int wanted = random.nextInt(count + 2);
      float[] rows = new float[count * ExampleLists.FEATURES.size()];
      List<ExampleCandidate> candidates = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        rows[2 * row] = random.nextInt(10) == 0 ? Float.NaN : (float) random.nextDouble();
        rows[2 * row + 1] = row == wanted ? 1 : (float) random.nextDouble();
        float propensity = random.nextBoolean() ? 1 : 0.25f;
        candidates.add(
            new ExampleCandidate("i" + row, "new", 0f, 0, propensity, row == wanted ? 1f : 0f));
      }
      examples.add(ExampleLists.example("r" + i, i, rows, candidates));
    }
    return examples;
  }

  private static RankingExample inMemory(TrainingExample example) {
    int count = example.getCandidates().size();
    float[] rows = new float[example.getFeatures().remaining() / Float.BYTES];
    example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(rows);
    float[] labels = new float[count];
    float[] weights = new float[count];
    for (int row = 0; row < count; row++) {
      labels[row] = example.getCandidates().get(row).getLabel();
      weights[row] = 1 / example.getCandidates().get(row).getPropensity();
    }
    return new RankingExample(rows, count, labels, weights);
  }

  /** Any value that were read differently would show in the weights. */
  @Test
  void aTrainingFromTheFileIsThatFromMemoryBitForBit() throws IOException {
    List<TrainingExample> examples = examples(3_000);
    RankerTrainer.Options options = new RankerTrainer.Options(3, 16, 0.01, 5, 0.2, 3, 7);
    MlpRanker expected = new MlpRanker(2, new int[] {4}, 1);
    RankerTrainer.Result inMemory =
        new RankerTrainer(options)
            .train(
                expected, examples.stream().map(SpooledListsTest::inMemory).toList(), epoch -> {});
    MlpRanker actual = new MlpRanker(2, new int[] {4}, 1);
    RankerTrainer.Result fromFile;
    try (SpooledLists lists = new SpooledLists(folder)) {
      for (TrainingExample example : examples) {
        lists.append(example);
      }
      lists.seal();

      assertThat(lists).hasSize(3_000);
      fromFile = new RankerTrainer(options).train(actual, lists, epoch -> {});
    }

    assertThat(fromFile).isEqualTo(inMemory);
    assertThat(fromFile.listsWithoutPositive()).isPositive();
    float[] rows = {0.25f, 0.5f, Float.NaN, 1};
    assertThat(actual.score(rows, 2)).isEqualTo(expected.score(rows, 2));
  }

  @Test
  void theFileGoesWhenItIsClosed() throws IOException {
    SpooledLists lists = new SpooledLists(folder);
    lists.append(ExampleLists.example("r", 1));
    lists.seal();
    assertThatThrownBy(() -> lists.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(files()).hasSize(1);
    lists.close();

    assertThat(files()).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
