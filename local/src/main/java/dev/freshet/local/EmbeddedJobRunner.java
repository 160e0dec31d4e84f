package dev.freshet.local;

import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.flow.JobCounters;
import dev.freshet.replay.run.JobRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job of a replay on the Flink of this JVM. */
public final class EmbeddedJobRunner implements JobRunner {

  private final EmbeddedFlink flink;

  public EmbeddedJobRunner(EmbeddedFlink flink) {
    this.flink = flink;
  }

  @Override
  public RunningJob start(ReplayJob job, Optional<String> checkpoint) throws Exception {
    StreamExecutionEnvironment env =
        flink.environment(RecommendationJob.replayConfiguration(job.config()));
    RecommendationJob.define(env, job.config(), job.rounds());
    return new Running(
        checkpoint.isPresent() ? flink.restore(env, checkpoint.get()) : flink.submit(env));
  }

  @Override
  public String flinkVersion() {
    return EnvironmentInformation.getVersion();
  }

  private record Running(EmbeddedFlink.Job job) implements RunningJob {

    @Override
    public Optional<Outcome> await(Duration atMost) throws InterruptedException {
      try {
        JobResult result = job.result().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        return Optional.of(
            new Outcome(
                counter(result, JobCounters.DUPLICATES),
                counter(result, JobCounters.LATE),
                result.getSerializedThrowable().map(e -> (Throwable) e)));
      } catch (TimeoutException goesOn) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException("Flink no longer knows the job", e);
      }
    }

    private static long counter(JobResult result, String name) {
      var value = result.getAccumulatorResults().get(name);
      try {
        return value == null
            ? 0
            : (Long)
                value.deserializeValue(EmbeddedJobRunner.class.getClassLoader()).getUnchecked();
      } catch (IOException | ClassNotFoundException e) {
        throw new IllegalStateException("Flink's counter " + name + " cannot be read", e);
      }
    }

    @Override
    public Optional<String> checkpointSince(long time) throws InterruptedException {
      try {
        return job.checkpointSince(time);
      } catch (ExecutionException e) {
        throw new IllegalStateException("Flink no longer knows the job", e);
      }
    }

    @Override
    public void cancel() throws InterruptedException {
      try {
        job.cancel();
      } catch (ExecutionException e) {
        throw new IllegalStateException("Flink no longer knows the job", e);
      }
    }
  }
}
