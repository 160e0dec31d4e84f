package dev.freshet.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchStackTest {

  @Test
  void aJobBeginsWithTheHeapThatItMayHave() {
    assertThat(BenchStack.withWholeHeap(List.of()))
        .contains("-Xms" + (Runtime.getRuntime().maxMemory() >> 20) + "m");
    assertThat(BenchStack.withWholeHeap(List.of("-Xmx5g", "-XX:+UseZGC", "-Xmx3g")))
        .contains("-Xms3g")
        .endsWith("-Xmx5g", "-XX:+UseZGC", "-Xmx3g");
  }
}
