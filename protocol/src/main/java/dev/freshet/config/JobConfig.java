package dev.freshet.config;

import java.io.Serializable;

/**
 * The Flink job.
 *
 * @param parallelism subtasks of every operator; a source has no more than its topic has partitions
 * @param name as in Flink's dashboard
 */
public record JobConfig(int parallelism, String name) implements Section, Serializable {
  static JobConfig defaults() {
    return new JobConfig(1, "Freshet");
  }

  @Override
  public void check(Check check) {
    check.range("parallelism", parallelism, 1, 1024);
  }
}
