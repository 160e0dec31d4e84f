package dev.freshet.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelSwapLatencyITCase {

  @Test
  void latenciesWithAndWithoutSwapsAreMeasured() throws Exception {
    List<String> lines = ModelSwapLatency.measure(new ModelSwapLatency.Settings(100, 4, 1, 6, 3));

    assertThat(lines).hasSize(7);
    assertThat(lines.get(2)).startsWith("| without swaps |");
    assertThat(lines.get(3)).startsWith("| swapping |");
    assertThat(lines.get(4)).contains("ratio");
    assertThat(lines.get(6)).contains("8 models published");
  }
}
