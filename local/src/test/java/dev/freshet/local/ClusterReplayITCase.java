package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.client.shopper.RecordedTraffic;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Adversity;
import dev.freshet.replay.run.FlinkRestException;
import dev.freshet.replay.run.JobRunner;
import dev.freshet.replay.run.Replay;
import dev.freshet.replay.run.RestJobRunner;
import dev.freshet.replay.run.RoundLength;
import dev.freshet.schema.TrustedSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.WebOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replay over Flink's REST API beside an embedded one, on the same Flink. The job's jar is
 * uploaded; its classes come from this class path.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class ClusterReplayITCase {

  private static final int ACTIONS = 3_000;
  private static final int SLOTS = 6;
  private static final Path JOB_JAR = Path.of("../flink-jobs/target/freshet-job.jar");

  @TempDir private static Path folder;
  private EmbeddedRedis redis;
  private EmbeddedKafka kafka;
  private EmbeddedFlink flink;
  private RestJobRunner cluster;
  private Recording recording;
  private ReplaySummary reference;
  private int runs;

  @BeforeAll
  void startAndReplayEmbedded() throws Exception {
    TrustedSchemas.register();
    redis = EmbeddedRedis.start(folder);
    kafka = EmbeddedKafka.start(folder);
    Configuration further = new Configuration();
    further.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("of-cluster").toUri().toString());
    // Flink's REST API answers from a cache that is as old as this, by default three seconds.
    further.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(50));
    // On a cluster the connector is in the job's jar alone; here it is on the class path too.
    further.set(CoreOptions.CLASSLOADER_RESOLVE_ORDER, "parent-first");
    flink = EmbeddedFlink.start(folder, SLOTS, further);
    cluster = new RestJobRunner(flink.dashboard(), JOB_JAR);
    recording = record();
    reference = replay(new EmbeddedJobRunner(flink), Map.of(), Adversity.NONE, Optional.empty());
    assertThat(reference.recommendations()).isEqualTo(ACTIONS);
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
    flink.close();
    kafka.close();
    redis.close();
  }

  @Test
  void theClusterGivesTheSameDigestsAtAnyParallelism() throws Exception {
    // Topics have 4 partitions: with 6 subtasks, some have no partition.
    for (String parallelism : List.of("1", "2", "6")) {
      assertSame(replayOnCluster(Map.of("job.parallelism", parallelism), Adversity.NONE));
    }
  }

  @Test
  void aJobThatIsKilledGoesOnFromItsCheckpoint() throws Exception {
    // So many copies that the job is far from its end when it is killed, on a fast machine too.
    assertSame(
        replayOnCluster(
            Map.of("checkpoints.interval", "100ms", "job.parallelism", "2"),
            new Adversity(0, 20, true)));
  }

  @Test
  void theEmbeddedFlinkGivesTheSameDigestsAboveTheTopicsPartitions() throws Exception {
    assertSame(
        replay(
            new EmbeddedJobRunner(flink),
            Map.of("job.parallelism", "6"),
            Adversity.NONE,
            Optional.empty()));
  }

  @Test
  void learningGivesTheSameModels() throws Exception {
    Map<String, String> learning = Map.of("training.examples", "true");
    Optional<RoundLength> rounds = Optional.of(new RoundLength.Actions(1_000));
    ReplaySummary embedded = replay(new EmbeddedJobRunner(flink), learning, Adversity.NONE, rounds);
    ReplaySummary remote = replay(cluster, learning, Adversity.NONE, rounds);
    assertThat(remote.learning().orElseThrow().rounds()).isEqualTo(3);
    assertThat(remote.modelVersion()).isEqualTo(embedded.modelVersion());
    assertThat(remote.recommendationsSha256()).isEqualTo(embedded.recommendationsSha256());
  }

  @Test
  void aConfiguredCatalogIsSentAlong() throws Exception {
    Path catalog = folder.resolve("catalog.yaml");
    try (var bundled = FreshetConfig.class.getResourceAsStream("/features/default-catalog.yaml")) {
      Files.copy(bundled, catalog, StandardCopyOption.REPLACE_EXISTING);
    }
    assertSame(replayOnCluster(Map.of("features.catalog", catalog.toString()), Adversity.NONE));
  }

  @Test
  void aJobThatCannotBeDefinedIsExplained() throws Exception {
    FreshetConfig config = config(Map.of()).with(Map.of("topics.user-actions", "there-is-none"));
    assertThatThrownBy(
            () ->
                cluster.start(new JobRunner.ReplayJob(config, Optional.empty()), Optional.empty()))
        .isInstanceOf(FlinkRestException.class)
        .hasMessageContaining("there-is-none");
  }

  @Test
  void aClusterThatIsNotThereIsNamed() throws Exception {
    try (RestJobRunner none = new RestJobRunner("localhost:1", JOB_JAR)) {
      assertThatThrownBy(none::flinkVersion)
          .isInstanceOf(FlinkRestException.class)
          .hasMessage("There is no Flink at http://localhost:1.");
    }
  }

  private static Recording record() throws Exception {
    RecordedTraffic traffic =
        RecordedTraffic.generate(
            3, ACTIONS, Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), 50);
    Path file = folder.resolve("actions.avro");
    traffic.writeActionsAvro(file);
    return new Recording(
        RecordedEvents.read(List.of(file), ReadOptions.defaults(), letter -> {}),
        traffic.items(),
        List.of());
  }

  private ReplaySummary replayOnCluster(Map<String, String> overrides, Adversity adversity)
      throws Exception {
    return replay(cluster, overrides, adversity, Optional.empty());
  }

  private ReplaySummary replay(
      JobRunner runner,
      Map<String, String> overrides,
      Adversity adversity,
      Optional<RoundLength> rounds)
      throws Exception {
    return new Replay(
            config(overrides),
            runner,
            folder.resolve("out-" + runs),
            Judging.next("home", 0.2),
            adversity,
            rounds)
        .run(recording, Replay.Progress.SILENT);
  }

  /** Topics and keys of its own for each run. */
  private FreshetConfig config(Map<String, String> overrides) throws Exception {
    runs++;
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    all.put("redis.address", redis.address());
    all.put("redis.key-prefix", "run-" + runs);
    all.put("time.mode", "replay");
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      all.put("topics." + topic, "run-" + runs + "-" + topic);
    }
    all.putAll(overrides);
    FreshetConfig config = FreshetConfig.of(all);
    TopicCreation.create(
        KafkaConnection.of(config),
        TopicPlan.recording(config.topics().byKey(), TopicPlan.PARTITIONS));
    return config;
  }

  private void assertSame(ReplaySummary summary) {
    assertThat(summary.recommendationsSha256()).isEqualTo(reference.recommendationsSha256());
    assertThat(summary.featuresSha256()).isEqualTo(reference.featuresSha256());
    assertThat(summary.conflictingRecommendations()).isZero();
    assertThat(summary.late()).isZero();
  }
}
