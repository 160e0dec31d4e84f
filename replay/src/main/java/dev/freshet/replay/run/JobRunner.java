package dev.freshet.replay.run;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.model.Rounds;
import java.time.Duration;
import java.util.Optional;

/** Runs the job of a replay: on Flink in this JVM, or on an existing cluster. */
public interface JobRunner {

  /**
   * The job of a replay.
   *
   * @param config how the job runs, {@code time.mode: replay}; its topics exist and hold all events
   * @param rounds the rounds in which the job learns; empty: the models are fixed
   */
  record ReplayJob(FreshetConfig config, Optional<Rounds.EndingAt> rounds) {}

  /**
   * How a job ended.
   *
   * @param duplicates actions and requests whose id was seen before
   * @param late actions and requests that came behind the watermark
   * @param failure why the job failed; empty if it read everything
   */
  record Outcome(long duplicates, long late, Optional<Throwable> failure) {}

  /** A job that was submitted. */
  interface RunningJob {

    /** Waits for the job's end; empty if it goes on after this time. */
    Optional<Outcome> await(Duration atMost) throws InterruptedException;

    /** Path of the newest completed checkpoint begun after a time, in epoch milliseconds. */
    Optional<String> checkpointSince(long time) throws InterruptedException;

    /** Stops the job at once, as a crash does. Its checkpoints stay. */
    void cancel() throws InterruptedException;
  }

  /**
   * Starts a job.
   *
   * @param checkpoint path of a checkpoint of the same job to restore; empty: starts anew
   * @throws dev.freshet.yaml.ConfigurationException if topics or model do not fit the job
   */
  RunningJob start(ReplayJob job, Optional<String> checkpoint) throws Exception;

  /** Flink's version, for the report. */
  String flinkVersion();
}
