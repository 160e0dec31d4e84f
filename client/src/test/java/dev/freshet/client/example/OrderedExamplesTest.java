package dev.freshet.client.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderedExamplesTest {
  @TempDir Path folder;

  @Test
  void theFileIsTheSameWhateverTheOrderAndTheRepetitions() throws IOException {
    List<TrainingExample> ordered = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      // Ten at a time, and times of which the text's order is another.
      ordered.add(ExampleLists.example("r%03d".formatted(i), 5 + i / 10));
    }
    for (int seed = 0; seed < 3; seed++) {
      List<TrainingExample> some = new ArrayList<>(ordered);
      some.addAll(ordered.subList(100, 120));
      Collections.shuffle(some, new Random(seed));
      Path file = folder.resolve("examples.avro");
      try (OrderedExamples examples = new OrderedExamples(folder)) {
        for (TrainingExample example : some) {
          examples.add(example);
        }
        examples.seal();
        assertThat(examples.size()).isEqualTo(500);
        assertThat(examples.repeated()).isEqualTo(20);
        ExamplesFile.write(file, examples);
      }

      assertThat(read(file)).isEqualTo(ordered);
      assertThat(files()).containsExactly(file);
    }
  }

  @Test
  void ofOneRecommendationTheFirstThatCameStays() throws IOException {
    try (OrderedExamples examples = new OrderedExamples(folder)) {
      examples.add(ExampleLists.example("r", 30));
      examples.add(ExampleLists.example("s", 20));
      examples.add(ExampleLists.example("r", 10));
      examples.seal();

      assertThat(examples)
          .extracting(TrainingExample::getRecommendationId)
          .containsExactly("s", "r");
      assertThat(examples).last().isEqualTo(ExampleLists.example("r", 30));
      assertThatThrownBy(() -> examples.add(ExampleLists.example("t", 1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static List<TrainingExample> read(Path file) throws IOException {
    List<TrainingExample> examples = new ArrayList<>();
    try (DataFileReader<TrainingExample> reader =
        new DataFileReader<>(file.toFile(), TrustedSchemas.reader(TrainingExample.class))) {
      reader.forEach(examples::add);
    }
    return examples;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
