package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.ThroughputSettings.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThroughputSettingsTest {

  @Test
  void oneDimensionIsVariedAtATimeAroundTheFirstValues() {
    ThroughputSettings settings =
        new ThroughputSettings(
            List.of(100, 50, 100),
            List.of(1_000, 10_000),
            List.of(500),
            List.of(1, 2),
            List.of(StateBackend.HASHMAP, StateBackend.ROCKSDB),
            List.of("0ms"),
            100,
            1,
            1,
            null,
            10);

    assertThat(settings.points())
        .containsExactly(
            new Point(100, 1_000, 500, 1, StateBackend.HASHMAP),
            new Point(50, 1_000, 500, 1, StateBackend.HASHMAP),
            new Point(100, 10_000, 500, 1, StateBackend.HASHMAP),
            new Point(100, 1_000, 500, 2, StateBackend.HASHMAP),
            new Point(100, 1_000, 500, 1, StateBackend.ROCKSDB));
  }
}
