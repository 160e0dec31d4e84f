package dev.freshet.jobs;

import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.LearningConfig;
import dev.freshet.config.TimeMode;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.jobs.kafka.FormerLearning;
import dev.freshet.jobs.kafka.KafkaEndpoints;
import dev.freshet.jobs.learn.LearningSettings;
import dev.freshet.jobs.learn.LearningStart;
import dev.freshet.jobs.pipeline.TrainingPipeline;
import dev.freshet.model.train.LearnedState;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.schema.TrainingRound;
import dev.freshet.yaml.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The entry point of learning for a Flink cluster: {@code TrainingJob --config freshet.yaml}, with
 * the file of the job that recommends and has {@code training.examples}.
 */
public final class TrainingJob {

  private TrainingJob() {}

  /** Runs the job as the configuration file says. */
  public static void main(String[] args) throws Exception {
    if (args.length != 2 || !args[0].equals("--config")) {
      throw new IllegalArgumentException("Usage: TrainingJob --config freshet.yaml");
    }
    FreshetConfig config = FreshetConfig.load(Path.of(args[1]), System.getenv());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(flinkConfiguration(config));
    define(env, config);
    env.execute(name(config));
  }

  private static String name(FreshetConfig config) {
    return config.job().name() + " learning";
  }

  /** What the job needs of Flink, to be put over the cluster's own settings. */
  public static Configuration flinkConfiguration(FreshetConfig config) {
    Configuration flink = RecommendationJob.flinkConfiguration(config);
    flink.set(PipelineOptions.NAME, name(config));
    if (config.time().mode() == TimeMode.LIVE) {
      flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, TrainingPipeline.WATERMARK_INTERVAL);
      flink.set(ExecutionOptions.BUFFER_TIMEOUT, TrainingPipeline.WATERMARK_INTERVAL);
    }
    return flink;
  }

  /**
   * Checks the topics, looks how far former runs have come, and adds learning to an environment.
   *
   * @throws ConfigurationException if a topic is missing, the broker does not answer, or what was
   *     learned so far is of another shape
   */
  public static void define(StreamExecutionEnvironment env, FreshetConfig config)
      throws InterruptedException {
    FeatureCatalog catalog = BundledCatalog.of(config);
    KafkaTopics topics = KafkaTopics.checkForLearning(config);
    FormerLearning former = FormerLearning.read(config);
    KafkaEndpoints kafka = new KafkaEndpoints(config, topics, catalog.contextEntries());
    env.setParallelism(config.job().parallelism());
    TrainingPipeline.build(
        env,
        kafka.trainingInputs(former.roundsEnd()),
        kafka.trainingOutputs(),
        settings(
            config,
            RankingFeatures.names(StoreFeatures.of(catalog)),
            Rounds.Every.of(config.learning().every()),
            config.learning().lead(),
            former.start()));
  }

  /**
   * What a configuration says of learning.
   *
   * @param featureNames of a row, in order
   * @param lead between the end of a round and the activation of its model
   * @param start what the topics had when the run began
   * @throws ConfigurationException if what was learned so far is of another shape
   */
  public static LearningSettings settings(
      FreshetConfig config,
      List<String> featureNames,
      Rounds rounds,
      Duration lead,
      LearningStart start) {
    if (start.round() != null) {
      requireSameShape(start, config, featureNames);
    }
    LearningConfig learning = config.learning();
    return new LearningSettings(
        learning.model(),
        featureNames,
        learning.options(),
        rounds,
        learning.heldOut(),
        learning.placement() == null ? config.ranking().firstPlacement() : learning.placement(),
        lead,
        start);
  }

  private static void requireSameShape(
      LearningStart start, FreshetConfig config, List<String> featureNames) {
    TrainingRound former = start.round();
    LearnedState state = start.state();
    boolean fits =
        state.features() == featureNames.size()
            && state.hidden().equals(config.learning().hidden());
    if (!fits) {
      throw new ConfigurationException(
          List.of(
              "%s: learning.model: model %s has learned with %d features and hidden layers %s so far, round %d on the topic '%s' says, and is to go on with %d and %s. Let what learns with these have another name"
                  .formatted(
                      config.origin("learning.model"),
                      former.getModel(),
                      state.features(),
                      state.hidden(),
                      former.getRound(),
                      config.topics().trainingRounds(),
                      featureNames.size(),
                      config.learning().hidden())));
    }
  }
}
