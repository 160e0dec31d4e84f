package dev.freshet.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingThroughputITCase {

  @Test
  void everyParallelismIsMeasured() throws Exception {
    List<String> lines = TrainingThroughput.measure(new TrainingThroughput.Settings(300, 10, 3));

    assertThat(lines).hasSize(6);
    assertThat(lines.get(2)).startsWith("| 1 |").contains("| 3 |");
    assertThat(lines.get(3)).startsWith("| 2 |");
    assertThat(lines.get(4)).startsWith("| 4 |");
    assertThat(lines.get(5)).startsWith("300 examples of 10 candidates with 25 features");
    // The same examples, whatever the parallelism.
    assertThat(lines.subList(2, 5))
        .extracting(TrainingThroughputITCase::learnedFrom)
        .containsOnly(learnedFrom(lines.get(2)));
  }

  private static String learnedFrom(String line) {
    return line.split("\\|")[5].trim();
  }
}
