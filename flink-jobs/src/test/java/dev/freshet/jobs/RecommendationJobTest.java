package dev.freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.FreshetConfig;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class RecommendationJobTest {

  @Test
  void missedCheckpointsAreNotMadeUpFor() {
    Configuration flink =
        RecommendationJob.flinkConfiguration(
            FreshetConfig.of(Map.of("checkpoints.interval", "40s")));

    assertThat(flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL)).hasSeconds(40);
    assertThat(flink.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS)).hasSeconds(20);
  }
}
