package dev.freshet.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaFiguresITCase {

  @Test
  void figuresAreMeasured() throws IOException {
    List<String> lines = ReplicaFigures.measure(List.of(2_000));

    assertThat(lines).hasSize(9);
    assertThat(lines.get(8)).startsWith("| 2,000 | 8 |");
  }
}
