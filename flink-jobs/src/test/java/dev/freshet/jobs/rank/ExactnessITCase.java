package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.evaluate.EvaluationSettings;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.input.EventWatermarks;
import dev.freshet.jobs.input.Input;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.jobs.model.ReceivedModels;
import dev.freshet.jobs.pipeline.RecommendationPipeline;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Inputs;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Outputs;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Settings;
import dev.freshet.jobs.pipeline.RecommendationPipeline.StoreReads;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole pipeline, on a Flink cluster in this process, recommends what the {@link
 * NaiveRecommender} does, item by item, at parallelism 1, 2 and 4, and when it is killed in the
 * middle and goes on from a snapshot at another parallelism. Among themselves the runs agree bit by
 * bit.
 */
class ExactnessITCase {

  private static final int MOST_SUBTASKS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(MOST_SUBTASKS)
              .build());

  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: actions, entity: user, type: count, description: Actions so far}
          """);

  @TempDir private Path folder;

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @ParameterizedTest
  @ValueSource(ints = {100})
  void thePipelineRecommendsWhatTheDefinitionSays(int seed, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    RandomLog log = RandomLog.of(seed, 300);
    Run one = new Run(log, "one-" + seed);
    one.start(1, null).getJobExecutionResult().get();
    Lists lists = one.lists();
    lists.check(log.naive().recommend(log.byWatermark()));
    for (int parallelism : new int[] {2, MOST_SUBTASKS}) {
      Run parallel = new Run(log, parallelism + "-" + seed);
      parallel.start(parallelism, null).getJobExecutionResult().get();
      lists.checkSame(parallel.lists());
    }
    lists.checkSame(killed(cluster, log, "killed-" + seed, 2, MOST_SUBTASKS));
    lists.checkSame(killed(cluster, log, "killed-again-" + seed, MOST_SUBTASKS, MOST_SUBTASKS));
  }

  /** A run that is killed some time after a snapshot, and goes on from it. */
  private Lists killed(
      MiniCluster cluster, RandomLog log, String name, int parallelism, int restoredParallelism)
      throws Exception {
    Run run = new Run(log, name);
    run.feed.stopAt(0.5);
    JobClient first = run.start(parallelism, null);
    run.awaitEvents(0.5);
    // Sources may be there before sinks are; and the source of models has ended.
    CommonTestUtils.waitForAllTaskRunning(cluster, first.getJobID(), true);
    String snapshot =
        first.triggerSavepoint(folder.toUri().toString(), SavepointFormatType.CANONICAL).get();
    int before = run.events();
    run.feed.stopAt(0.8);
    run.awaitEvents(0.8);
    first.cancel().get();
    await(() -> first.getJobStatus().join().isGloballyTerminalState(), "the job to end");
    assertThat(run.events()).isGreaterThan(before);
    run.feed.stopAt(1);
    run.start(restoredParallelism, snapshot).getJobExecutionResult().get();
    return run.lists();
  }

  /** Waits for a condition, or fails. */
  private static void await(BooleanSupplier condition, String what) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("waited %s for %s", PATIENCE, what).isBefore(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** A job, or several that go on from each other, and what comes out of them. */
  private static final class Run {

    private final RandomLog log;
    private final String name;
    private final Feed feed;
    private final CollectingSink<Recommendation> recommendations;
    private final CollectingSink<Recommendation> shadows;
    private final CollectingSink<Explanation> explanations;
    private final CollectingSink<TrainingExample> examples;

    Run(RandomLog log, String name) {
      this.log = log;
      this.name = name;
      feed = Feed.of(name);
      recommendations = new CollectingSink<>("recommendations of " + name);
      shadows = new CollectingSink<>("shadows of " + name);
      explanations = new CollectingSink<>("explanations of " + name);
      examples = new CollectingSink<>("examples of " + name);
    }

    int events() {
      return feed.events();
    }

    /** Waits until the sources have come to where they stop. */
    void awaitEvents(double share) {
      int expected =
          log.actions().stream().mapToInt(each -> upTo(share, each)).sum()
              + log.requests().stream().mapToInt(each -> upTo(share, each)).sum()
              + log.itemUpdates().stream().mapToInt(each -> upTo(share, each)).sum();
      await(() -> events() >= expected, expected + " events");
    }

    private static int upTo(double share, List<?> events) {
      return (int) Math.ceil(share * events.size());
    }

    Lists lists() {
      Feed.forget(name);
      return new Lists(
          List.copyOf(recommendations.taken()),
          List.copyOf(shadows.taken()),
          List.copyOf(explanations.taken()),
          List.copyOf(examples.taken()));
    }

    /**
     * @param snapshot to go on from, or null
     */
    JobClient start(int parallelism, String snapshot) throws Exception {
      Configuration flink = new Configuration();
      flink.set(PipelineOptions.GENERIC_TYPES, false);
      flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
      flink.set(PipelineOptions.OBJECT_REUSE, true);
      flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(1));
      flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(1));
      if (snapshot != null) {
        flink.set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot);
      }
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(parallelism);
      RecommendationPipeline.build(env, inputs(parallelism), outputs(), settings());
      return env.executeAsync(name);
    }

    private Inputs inputs(int parallelism) {
      feed.put(
          ReceivedModel.class,
          List.of(log.models().stream().map(ReceivedModels::received).toList()));
      return new Inputs(
          input(FeatureEvent.class, log.actions(), action -> action.time, parallelism),
          input(ItemEvent.class, log.itemUpdates(), ItemEvent::time, parallelism),
          input(ListRequest.class, log.requests(), request -> request.time, parallelism),
          new Input<>(
              new ListSource<>(ReceivedModel.class, name),
              EventWatermarks.atEnd(model -> model.time),
              1));
    }

    private <T> Input<T> input(
        Class<T> type,
        List<List<T>> partitions,
        EventWatermarks.EventTime<T> time,
        int parallelism) {
      feed.put(type, partitions);
      return new Input<>(
          new ListSource<>(type, name),
          new EagerWatermarks<>(EventWatermarks.replay(time, RandomLog.DELAY)),
          Math.min(partitions.size(), parallelism));
    }

    private Outputs outputs() {
      return new Outputs(
          recommendations,
          shadows,
          explanations,
          new CollectingSink<Evaluation>("evaluations of " + name),
          new CollectingSink<FeatureUpdate>("features of " + name),
          examples,
          new CollectingSink<DeadLetter>("dead letters of " + name));
    }

    private Settings settings() {
      return new Settings(
          EventOrder.BY_WATERMARK,
          CATALOG,
          new StoreReads(StoreFeatures.NONE, null, null),
          log.settings(),
          new ItemSettings(
              RandomLog.HALF_LIVES.popularityShort(), RandomLog.HALF_LIVES.popularityLong()),
          log.replica(),
          log.ranker(),
          new EvaluationSettings(Duration.ofMinutes(1), false),
          1,
          TestModel.onnx());
    }
  }
}
