package dev.freshet.replay.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.protocol.job.JobArguments;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the job of a replay on an existing Flink cluster, over its REST API. The job's jar is
 * uploaded for the first job and deleted from the cluster at the end. For one thread.
 *
 * <p>The cluster needs as many free slots as the job's parallelism, and Kafka and Redis under the
 * addresses of the configuration. To restore a checkpoint it needs a directory for checkpoints that
 * all of its machines reach.
 */
public final class RestJobRunner implements JobRunner, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RestJobRunner.class);
  private static final String ENTRY_CLASS = "dev.freshet.jobs.RecommendationJob";
  private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "CANCELED");
  private static final Duration BETWEEN_POLLS = Duration.ofMillis(100);

  private final FlinkRest flink;
  private final Path jobJar;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<String> jarId = Optional.empty();

  /**
   * @param flink host:port of the JobManager's REST API
   * @param jobJar {@code freshet-job.jar} of the same version as this client
   * @throws NoSuchFileException if there is no such jar
   */
  public RestJobRunner(String flink, Path jobJar) throws NoSuchFileException {
    if (!Files.isRegularFile(jobJar)) {
      throw new NoSuchFileException(jobJar.toString());
    }
    this.flink = new FlinkRest(flink);
    this.jobJar = jobJar;
  }

  /**
   * Starts a job.
   *
   * @throws FlinkRestException if the cluster cannot be reached or refuses the job, with the cause
   */
  @Override
  public RunningJob start(ReplayJob job, Optional<String> checkpoint) throws Exception {
    if (jarId.isEmpty()) {
      String name = flink.upload("/jars/upload", jobJar).path("filename").asText();
      jarId = Optional.of(name.substring(name.lastIndexOf('/') + 1));
    }
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("entryClass", ENTRY_CLASS);
    JobArguments.of(job.config(), job.rounds())
        .toList()
        .forEach(run.putArray("programArgsList")::add);
    checkpoint.ifPresent(
        path -> {
          run.put("savepointPath", path);
          run.put("claimMode", "NO_CLAIM");
        });
    JsonNode started = flink.post("/jars/" + jarId.get() + "/run", run);
    return new RemoteJob("/jobs/" + started.path("jobid").asText());
  }

  @Override
  public String flinkVersion() {
    try {
      return flink.get("/config").path("flink-version").asText();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlinkRestException("Interrupted while waiting for Flink's version", e);
    }
  }

  /** Deletes the job's jar from the cluster. */
  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    if (jarId.isPresent()) {
      flink.delete("/jars/" + jarId.get());
      jarId = Optional.empty();
    }
  }

  private final class RemoteJob implements RunningJob {

    private final String path;

    RemoteJob(String path) {
      this.path = path;
    }

    @Override
    public Optional<Outcome> await(Duration atMost) throws InterruptedException {
      long deadline = System.nanoTime() + atMost.toNanos();
      while (true) {
        String state = state();
        if (ENDED.contains(state)) {
          return Optional.of(outcome(state));
        }
        long left = deadline - System.nanoTime();
        if (left <= 0
            || closed.await(Math.min(left, BETWEEN_POLLS.toNanos()), TimeUnit.NANOSECONDS)) {
          return Optional.empty();
        }
      }
    }

    private String state() throws InterruptedException {
      return flink.get(path).path("state").asText();
    }

    private Outcome outcome(String state) throws InterruptedException {
      JsonNode counters = flink.get(path + "/accumulators").path("user-task-accumulators");
      return new Outcome(
          counter(counters, "duplicates"), counter(counters, "late"), failure(state));
    }

    private static long counter(JsonNode counters, String name) {
      for (JsonNode counter : counters) {
        if (counter.path("name").asText().equals(name)) {
          return counter.path("value").asLong();
        }
      }
      return 0;
    }

    private Optional<Throwable> failure(String state) throws InterruptedException {
      if (state.equals("FINISHED")) {
        return Optional.empty();
      }
      if (state.equals("CANCELED")) {
        return Optional.of(new FlinkRestException("The job was cancelled on the cluster."));
      }
      String trace =
          flink
              .get(path + "/exceptions")
              .path("exceptionHistory")
              .path("entries")
              .path(0)
              .path("stacktrace")
              .asText();
      LOG.error("The job failed on the cluster: {}", trace);
      return Optional.of(new FlinkRestException(FlinkRest.rootCause(trace)));
    }

    @Override
    public Optional<String> checkpointSince(long time) throws InterruptedException {
      JsonNode latest = flink.get(path + "/checkpoints").path("latest").path("completed");
      if (latest.path("trigger_timestamp").asLong() <= time) {
        return Optional.empty();
      }
      String location = latest.path("external_path").asText();
      if (!location.contains(":/")) {
        throw new FlinkRestException(
            "The cluster keeps checkpoints in memory, so a job that was stopped cannot be restored:"
                + " set execution.checkpointing.dir there, or checkpoints.directory in"
                + " freshet.yaml.");
      }
      return Optional.of(location);
    }

    @Override
    public void cancel() throws InterruptedException {
      flink.patch(path + "?mode=cancel");
      while (await(Duration.ofSeconds(1)).isEmpty()) {
        if (closed.getCount() == 0) {
          return;
        }
      }
    }
  }
}
