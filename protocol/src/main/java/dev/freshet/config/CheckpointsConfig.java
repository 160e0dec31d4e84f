package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * Flink's checkpoints, from which the job continues after a crash.
 *
 * @param enabled whether checkpoints are taken; without them a restart loses all state
 * @param interval between the beginnings of two
 * @param directory where they are kept; null: in the JobManager's memory
 */
public record CheckpointsConfig(boolean enabled, Duration interval, @Nullable URI directory)
    implements Section, Serializable {
  static CheckpointsConfig defaults() {
    return new CheckpointsConfig(true, Duration.ofSeconds(30), null);
  }

  @Override
  public void check(Check check) {
    check.range("interval", interval, Duration.ofMillis(10), Duration.ofDays(1));
  }
}
