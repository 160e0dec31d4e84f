package dev.freshet.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointStatsHistory;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster with its dashboard, in this JVM. */
public final class EmbeddedFlink implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final MiniCluster cluster;
  private final Path checkpoints;

  private EmbeddedFlink(MiniCluster cluster, Path checkpoints) {
    this.cluster = cluster;
    this.checkpoints = checkpoints;
  }

  /**
   * Starts a cluster on free ports.
   *
   * @param folder for temporary files and checkpoints; not deleted
   * @param slots greatest parallelism of a job
   */
  public static EmbeddedFlink start(Path folder, int slots) throws Exception {
    return start(folder, slots, new Configuration());
  }

  /**
   * Starts a cluster on free ports.
   *
   * @param folder for temporary files and checkpoints; not deleted
   * @param slots greatest parallelism of a job
   * @param further settings of the cluster
   */
  public static EmbeddedFlink start(Path folder, int slots, Configuration further)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.ADDRESS, "localhost");
    flink.set(RestOptions.BIND_ADDRESS, "localhost");
    flink.set(RestOptions.ENABLE_FLAMEGRAPH, true);
    flink.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofSeconds(1));
    flink.set(CoreOptions.TMP_DIRS, folder.toString());
    // Little in flight, so that a checkpoint's barrier gets through a backlog in time.
    flink.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("4kb"));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
    flink.addAll(further);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .build());
    try {
      cluster.start();
    } catch (Exception e) { // start() declares no narrower one; passed on when cleaned up
      cluster.close();
      throw e;
    }
    return new EmbeddedFlink(cluster, folder.resolve("checkpoints"));
  }

  /** Address of Flink's dashboard and REST API. */
  public String dashboard() throws InterruptedException, ExecutionException {
    return cluster.getRestAddress().get().toString();
  }

  /** An environment for a job of this cluster: checkpoints go to the cluster's folder. */
  public StreamExecutionEnvironment environment(Configuration job) {
    Configuration configuration = new Configuration(job);
    if (!configuration.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    }
    return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
  }

  /** Submits what was defined on an environment. */
  public Job submit(StreamExecutionEnvironment env) throws Exception {
    return submit(env.getStreamGraph().getJobGraph());
  }

  /** Submits what was defined on an environment, to go on from a checkpoint. */
  public Job restore(StreamExecutionEnvironment env, String checkpoint) throws Exception {
    JobGraph graph = env.getStreamGraph().getJobGraph();
    graph.setSavepointRestoreSettings(
        SavepointRestoreSettings.forPath(checkpoint, false, RecoveryClaimMode.NO_CLAIM));
    return submit(graph);
  }

  private Job submit(JobGraph graph) throws Exception {
    return new Job(cluster.submitJob(graph).get().getJobID());
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }

  /** A job of this cluster. */
  public final class Job {

    private final JobID id;
    private final CompletableFuture<JobResult> result;
    private final Map<String, String> vertices = new ConcurrentHashMap<>();

    private Job(JobID id) {
      this.id = id;
      this.result = cluster.requestJobResult(id);
    }

    /** Address of the job's page in the dashboard. */
    public String page() throws InterruptedException, ExecutionException {
      return dashboard() + "/#/job/running/" + id + "/overview";
    }

    public JobStatus status() throws InterruptedException, ExecutionException {
      return cluster.getJobStatus(id).get();
    }

    /** Waits until every subtask runs. */
    public void awaitRunning() throws InterruptedException, ExecutionException {
      while (!allRunning()) {
        try {
          JobResult ended = result.get(20, TimeUnit.MILLISECONDS);
          throw new IllegalStateException(
              "The job ended before it ran.", ended.getSerializedThrowable().orElse(null));
        } catch (TimeoutException e) {
          continue; // it goes on
        }
      }
    }

    private boolean allRunning() throws InterruptedException, ExecutionException {
      for (AccessExecutionVertex subtask :
          cluster.getExecutionGraph(id).get().getAllExecutionVertices()) {
        if (subtask.getExecutionState() != ExecutionState.RUNNING) {
          return false;
        }
      }
      return true;
    }

    /** Completes when the job has ended, however it did. */
    public CompletableFuture<JobResult> result() {
      return result;
    }

    /**
     * The greatest value of an operator's metric among its subtasks, as of about a second ago;
     * empty while it is not known.
     */
    public OptionalDouble metric(String operator, String name) {
      try {
        if (!vertices.containsKey(operator)) {
          for (JsonNode vertex : get("/jobs/" + id).path("vertices")) {
            if (vertex.path("name").asText().contains(operator)) {
              vertices.put(operator, vertex.path("id").asText());
            }
          }
        }
        String vertex = vertices.get(operator);
        if (vertex == null) {
          return OptionalDouble.empty();
        }
        JsonNode values =
            get(
                "/jobs/%s/vertices/%s/subtasks/metrics?get=%s.%s&agg=max"
                    .formatted(id, vertex, operator, name));
        JsonNode max = values.path(0).path("max");
        return max.isNumber() ? OptionalDouble.of(max.asDouble()) : OptionalDouble.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return OptionalDouble.empty();
      } catch (IOException | ExecutionException e) {
        return OptionalDouble.empty(); // Flink is starting or stopping
      }
    }

    private JsonNode get(String path) throws IOException, InterruptedException, ExecutionException {
      HttpRequest request = HttpRequest.newBuilder(URI.create(dashboard() + path)).build();
      return JSON.readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    /** How large the state was at the last completed checkpoint, in bytes. */
    public OptionalLong checkpointBytes() throws InterruptedException, ExecutionException {
      CompletedCheckpointStats latest = latestCheckpoint();
      return latest == null ? OptionalLong.empty() : OptionalLong.of(latest.getStateSize());
    }

    /** The last checkpoints, completed or not; one that goes on lasts until now. */
    public List<TimeSpan> checkpoints() throws InterruptedException, ExecutionException {
      long now = System.currentTimeMillis();
      return checkpointHistory().getCheckpoints().stream()
          .map(
              each ->
                  new TimeSpan(
                      each.getTriggerTimestamp(),
                      each.getStatus() == CheckpointStatsStatus.IN_PROGRESS
                          ? now - each.getTriggerTimestamp()
                          : Math.max(0, each.getEndToEndDuration())))
          .toList();
    }

    private CompletedCheckpointStats latestCheckpoint()
        throws InterruptedException, ExecutionException {
      return checkpointHistory().getLatestCompletedCheckpoint();
    }

    private CheckpointStatsHistory checkpointHistory()
        throws InterruptedException, ExecutionException {
      return cluster.getExecutionGraph(id).get().getCheckpointStatsSnapshot().getHistory();
    }

    /** Takes a checkpoint now; returns where it is. */
    public String checkpoint() throws InterruptedException, ExecutionException {
      return cluster.triggerCheckpoint(id).get();
    }

    /** Where the newest completed checkpoint is that was begun after a time, in epoch ms. */
    public Optional<String> checkpointSince(long time)
        throws InterruptedException, ExecutionException {
      CompletedCheckpointStats latest = latestCheckpoint();
      return latest == null || latest.getTriggerTimestamp() <= time
          ? Optional.empty()
          : Optional.of(latest.getExternalPath());
    }

    /** Stops the job at once, wherever it is, as a crash would. */
    public void cancel() throws InterruptedException, ExecutionException {
      cluster.cancelJob(id).get();
      result.get();
    }
  }
}
