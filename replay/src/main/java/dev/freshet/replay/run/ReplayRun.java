package dev.freshet.replay.run;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.replay.run.JobRunner.Outcome;
import dev.freshet.replay.run.JobRunner.ReplayJob;
import dev.freshet.replay.run.JobRunner.RunningJob;
import dev.freshet.schema.Recommendation;
import java.time.Duration;
import java.util.Optional;

/** Runs the job of a replay to its end, through a crash where one is wanted. */
final class ReplayRun {

  private final JobRunner runner;
  private final ReplayJob definition;
  private final long total;
  private final Replay.Progress progress;

  /**
   * @param total lists that are asked for
   */
  ReplayRun(JobRunner runner, ReplayJob definition, long total, Replay.Progress progress) {
    this.runner = runner;
    this.definition = definition;
    this.total = total;
    this.progress = progress;
  }

  /**
   * Runs the job.
   *
   * @param crash whether it is killed in the middle and restored from a checkpoint
   * @throws ReplayFailedException if the job failed
   * @throws IllegalStateException if the job has read everything before it could be killed
   */
  Outcome toEnd(boolean crash) throws Exception {
    RunningJob job = runner.start(definition, Optional.empty());
    return await(crash ? crashInTheMiddle(job) : job);
  }

  /**
   * Kills the job and starts it from a checkpoint that was begun when a tenth was answered: one
   * that holds something.
   */
  private RunningJob crashInTheMiddle(RunningJob job) throws Exception {
    Optional<String> checkpoint = Optional.empty();
    try (AvroTopicReader<Recommendation> reader = recommendations()) {
      long begun = Long.MAX_VALUE;
      while (checkpoint.isEmpty()) {
        long answered = reader.size();
        progress.ranked(answered, total);
        if (job.await(Duration.ZERO).isPresent()) {
          throw new IllegalStateException(
              "The job ended before it could be killed: give it more actions, or a shorter"
                  + " checkpoints.interval.");
        }
        if (begun == Long.MAX_VALUE && answered >= total / 10) {
          begun = System.currentTimeMillis();
        }
        checkpoint = job.checkpointSince(begun);
      }
    }
    job.cancel();
    return runner.start(definition, checkpoint);
  }

  /** Waits until the job has read everything. */
  private Outcome await(RunningJob job) throws InterruptedException {
    try (AvroTopicReader<Recommendation> reader = recommendations()) {
      while (true) {
        Optional<Outcome> result = job.await(Duration.ofMillis(100));
        progress.ranked(reader.size(), total);
        if (result.isPresent()) {
          if (result.get().failure().isPresent()) {
            throw new ReplayFailedException(result.get().failure().get());
          }
          return result.get();
        }
      }
    }
  }

  private AvroTopicReader<Recommendation> recommendations() {
    FreshetConfig config = definition.config();
    return new AvroTopicReader<>(
        KafkaConnection.of(config), config.topics().recommendations(), Recommendation.class);
  }
}
