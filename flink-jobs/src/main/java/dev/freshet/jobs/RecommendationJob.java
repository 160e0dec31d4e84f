package dev.freshet.jobs;

import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FeaturesConfig;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.PlacementConfig;
import dev.freshet.config.RankingConfig;
import dev.freshet.config.TimeMode;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.jobs.checkpoint.PacedCheckpointStorage;
import dev.freshet.jobs.evaluate.EvaluationSettings;
import dev.freshet.jobs.features.FeatureStoreSink;
import dev.freshet.jobs.features.StoreCacheSettings;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.jobs.kafka.FormerLearning;
import dev.freshet.jobs.kafka.KafkaEndpoints;
import dev.freshet.jobs.kafka.LearningReplay;
import dev.freshet.jobs.pipeline.RecommendationPipeline;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Inputs;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Learnable;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Outputs;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Settings;
import dev.freshet.jobs.pipeline.RecommendationPipeline.StoreReads;
import dev.freshet.jobs.pipeline.TrainingPipeline;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.model.ModelBundle;
import dev.freshet.protocol.job.JobArguments;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.protocol.model.RankingModel;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ReplicaSettings;
import dev.freshet.ranking.serving.RankerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The entry point for a Flink cluster: {@code RecommendationJob --config freshet.yaml}. Shown as
 * Freshet in the Flink dashboard. A replay is started with {@link JobArguments} instead, which need
 * no file on the cluster.
 */
public final class RecommendationJob {

  private RecommendationJob() {}

  /** Runs the job as the configuration file, or the arguments of a {@link JobArguments}, say. */
  public static void main(String[] args) throws Exception {
    if (JobArguments.areIn(args)) {
      runSubmitted(JobArguments.parse(args));
      return;
    }
    if (args.length != 2 || !args[0].equals("--config")) {
      throw new IllegalArgumentException("Usage: RecommendationJob --config freshet.yaml");
    }
    FreshetConfig config = FreshetConfig.load(Path.of(args[1]), System.getenv());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(flinkConfiguration(config));
    define(env, config);
    env.execute(config.job().name());
  }

  /** The files are read while the job is defined: afterwards the operators have what they need. */
  private static void runSubmitted(JobArguments arguments) throws Exception {
    Path folder = Files.createTempDirectory("freshet-job-");
    try {
      FreshetConfig config = arguments.config(folder);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(replayConfiguration(config));
      define(env, config, arguments.rounds());
      env.execute(config.job().name());
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The same for a replay: one that fails reports the failure and is not restarted. */
  public static Configuration replayConfiguration(FreshetConfig config) {
    Configuration flink = flinkConfiguration(config);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return flink;
  }

  /** What the job needs of Flink, to be put over the cluster's own settings. */
  public static Configuration flinkConfiguration(FreshetConfig config) {
    boolean live = config.time().mode() == TimeMode.LIVE;
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.NAME, config.job().name());
    // No Kryo, no operator whose state could be lost by a change of the pipeline.
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(
        PipelineOptions.AUTO_WATERMARK_INTERVAL,
        live ? config.watermark().sourceInterval() : config.watermark().everyInterval());
    // Live, every record goes on at once; a replay is after throughput.
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, live ? Duration.ZERO : Duration.ofMillis(5));
    flink.set(RestOptions.ENABLE_FLAMEGRAPH, true);
    // Not for the space: without it state is read back a byte a system call.
    flink.set(ExecutionOptions.SNAPSHOT_COMPRESSION, true);
    if (config.checkpoints().enabled()) {
      Duration interval = config.checkpoints().interval();
      flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
      // What was missed, as the machine stood still or a checkpoint took long, isn't made up for.
      flink.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, interval.dividedBy(2));
      flink.set(
          CheckpointingOptions.CHECKPOINT_STORAGE, PacedCheckpointStorage.Factory.class.getName());
      flink.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
      if (config.checkpoints().directory() != null) {
        flink.set(
            CheckpointingOptions.CHECKPOINTS_DIRECTORY,
            config.checkpoints().directory().toString());
      }
    }
    return flink;
  }

  /**
   * Checks topics and model, and adds the pipeline to an environment.
   *
   * @throws dev.freshet.yaml.ConfigurationException if a topic is missing, the broker does not
   *     answer, or the model can't be used
   */
  public static void define(StreamExecutionEnvironment env, FreshetConfig config)
      throws InterruptedException {
    FeatureCatalog catalog = BundledCatalog.of(config);
    KafkaEndpoints kafka = endpoints(config, catalog);
    recommend(env, config, catalog, kafka, kafka.inputs(), RankerSettings.SETTLED);
  }

  /**
   * Adds the pipeline of a replay to an environment.
   *
   * @param rounds the rounds in which it learns; empty: the models are fixed
   * @throws dev.freshet.yaml.ConfigurationException as the other
   */
  public static void define(
      StreamExecutionEnvironment env, FreshetConfig config, Optional<Rounds.EndingAt> rounds)
      throws InterruptedException {
    if (rounds.isPresent()) {
      defineWithLearning(env, config, rounds.get());
    } else {
      define(env, config);
    }
  }

  /**
   * Adds the pipeline to an environment, and learning to it: for a replay, in which ranking waits
   * for the model of each round.
   *
   * @param rounds all of them, the last up to the last action
   * @throws dev.freshet.yaml.ConfigurationException as {@link #define}
   */
  public static void defineWithLearning(
      StreamExecutionEnvironment env, FreshetConfig config, Rounds.EndingAt rounds)
      throws InterruptedException {
    FeatureCatalog catalog = BundledCatalog.of(config);
    KafkaEndpoints kafka = endpoints(config, catalog);
    LearningReplay learning =
        new LearningReplay(rounds, config.learning().model(), FormerLearning.read(config));
    Learnable learnable =
        recommend(env, config, catalog, kafka, kafka.inputs(learning), learning.firstEnd());
    TrainingPipeline.attach(
        env,
        learnable,
        kafka.trainingRounds(learning),
        kafka.trainingOutputs(),
        TrainingJob.settings(
            config,
            RankingFeatures.names(StoreFeatures.of(catalog)),
            rounds,
            Duration.ZERO,
            learning.former().start()));
  }

  private static KafkaEndpoints endpoints(FreshetConfig config, FeatureCatalog catalog)
      throws InterruptedException {
    return new KafkaEndpoints(config, KafkaTopics.check(config), catalog.contextEntries());
  }

  private static Learnable recommend(
      StreamExecutionEnvironment env,
      FreshetConfig config,
      FeatureCatalog catalog,
      KafkaEndpoints kafka,
      Inputs inputs,
      long settledUntil) {
    ModelBundle model = RankingModel.load(config, StoreFeatures.of(catalog));
    env.setParallelism(config.job().parallelism());
    return RecommendationPipeline.build(
        env,
        inputs,
        new Outputs(
            kafka.recommendations(),
            kafka.shadowRecommendations(),
            kafka.explanations(),
            kafka.evaluation(),
            featureSink(config, catalog),
            config.training().examples() ? kafka.trainingExamples() : null,
            kafka.deadLetters()),
        settings(config, catalog, model, settledUntil));
  }

  private static FeatureStoreSink featureSink(FreshetConfig config, FeatureCatalog catalog) {
    return new FeatureStoreSink(
        ConfiguredStore.of(config),
        catalog,
        config.sink().redisMaxPending(),
        config.sink().redisBatch());
  }

  private static Settings settings(
      FreshetConfig config, FeatureCatalog catalog, ModelBundle model, long settledUntil) {
    FeaturesConfig features = config.features();
    RankingConfig ranking = config.ranking();
    long shortHalfLife = ranking.trendingHalfLife().toMillis();
    long longHalfLife = ranking.popularHalfLife().toMillis();
    List<Placement> placements = placements(config);
    RankerSettings ranker =
        new RankerSettings(
            ranking.historyLength(),
            placements,
            StoreFeatures.of(catalog),
            config.training().examples() || settledUntil != RankerSettings.SETTLED,
            config.training().negatives(),
            config.ranking().explanations(),
            config.time().mode() == TimeMode.REPLAY,
            settledUntil);
    boolean onArrival =
        config.time().mode() == TimeMode.LIVE && config.watermark().maxDelay().isZero();
    return new Settings(
        onArrival ? EventOrder.ON_ARRIVAL : EventOrder.BY_WATERMARK,
        catalog,
        new StoreReads(
            StoreFeatures.of(catalog),
            ConfiguredStore.of(config),
            new StoreCacheSettings(
                features.storeCacheEntities(),
                features.storeCacheMaxAge(),
                features.storeTimeout())),
        new UserSettings(
            ranking.historyLength(),
            ranking.sessionGap().toMillis(),
            config.events().dedupWindow().toMillis(),
            config.ranking().seenItems(),
            new LinkedHashSet<>(config.ranking().purchaseActions()),
            placements),
        new ItemSettings(shortHalfLife, longHalfLife),
        new ReplicaSettings(
            new HalfLives(shortHalfLife, longHalfLife, ranking.neighbourHalfLife().toMillis()),
            ranker.stored().itemNames(),
            ranker.attributes(),
            config.ranking().maxItems(),
            ReplicaSettings.DEFAULT_SESSIONS),
        ranker,
        new EvaluationSettings(config.evaluation().window(), config.evaluation().excludeSeen()),
        config.training().share(),
        model.onnx());
  }

  /** The placements as they are configured, in the order of the file. */
  static List<Placement> placements(FreshetConfig config) {
    List<Placement> placements = new ArrayList<>();
    config
        .ranking()
        .placements()
        .forEach((name, placement) -> placements.add(placement(name, placement, config)));
    return placements;
  }

  private static Placement placement(
      String name, PlacementConfig configured, FreshetConfig config) {
    return new Placement(
        name,
        new LinkedHashSet<>(configured.actions()),
        configured.listSize(),
        configured.maxCandidates(),
        configured.history() == null ? config.ranking().historyLength() : configured.history(),
        new LinkedHashMap<>(configured.sources()),
        configured.fallback(),
        new LinkedHashSet<>(configured.exclude()),
        valueSets(configured.require()),
        valueSets(configured.forbid()),
        new LinkedHashMap<>(configured.mostPerValue()),
        configured.explore(),
        configured.model());
  }

  private static LinkedHashMap<String, Set<String>> valueSets(Map<String, List<String>> lists) {
    LinkedHashMap<String, Set<String>> sets = new LinkedHashMap<>();
    lists.forEach((attribute, values) -> sets.put(attribute, new LinkedHashSet<>(values)));
    return sets;
  }
}
