package dev.freshet.config;

import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.YamlFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The whole configuration of Freshet, complete and checked. A section is a record: its components
 * are the keys ({@code maxDelay} is written {@code max-delay}), {@code defaults()} holds their
 * defaults, {@code check} the legal values. Sections are serializable, so that an operator can be
 * given the one it needs; the whole isn't, because no operator needs it.
 *
 * <pre>{@code
 * FreshetConfig config = FreshetConfig.load(Path.of("freshet.yaml"), System.getenv());
 * config.watermark().maxDelay();
 * config.origin("topics.user-actions"); // "freshet.yaml:12"
 * config.with(Map.of("job.parallelism", "4")).job();
 * }</pre>
 *
 * <p>{@code docs/configuration.md} has the same as a table, {@code freshet.yaml} as a file to start
 * from; tests hold the three together.
 */
public final class FreshetConfig {

  private static final Sections DEFAULTS = Sections.defaults();

  /** Half of the transactions' timeout: the rest is for a restart. */
  private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(5);

  private final Sections sections;
  private final Map<String, Origin> origins;
  private final Set<String> keys;

  private FreshetConfig(Sections sections, Map<String, Origin> origins, Set<String> keys) {
    this.sections = sections;
    this.origins = origins;
    this.keys = keys;
  }

  /**
   * Reads a file.
   *
   * @param environment what {@code ${NAME}} in the file is replaced from, usually {@link
   *     System#getenv()}
   * @throws ConfigurationException with everything that is wrong with the file
   */
  public static FreshetConfig load(Path file, Map<String, String> environment) {
    return load(file, environment, Map.of());
  }

  /**
   * Reads a file, some of whose values are replaced.
   *
   * @param overrides by full key, such as {@code kafka.bootstrap-servers}, or {@code
   *     kafka.properties.client.rack} for an entry of a map; values are written as in the file,
   *     except that they are taken literally: environment variables aren't replaced. An empty one
   *     means none, where that is allowed
   * @throws ConfigurationException with everything that is wrong with the file or the overrides
   */
  public static FreshetConfig load(
      Path file, Map<String, String> environment, Map<String, String> overrides) {
    return parse(file.toString(), YamlFile.read(file), environment, overrides);
  }

  /** Every key at its default. */
  public static FreshetConfig defaults() {
    return of(Map.of());
  }

  /**
   * The defaults with some values replaced.
   *
   * @param overrides as in {@link #load(Path, Map, Map)}
   * @throws ConfigurationException with everything that is wrong with the overrides
   */
  public static FreshetConfig of(Map<String, String> overrides) {
    return bind("", Optional.empty(), Map.of(), overrides, DEFAULTS, Map.of());
  }

  /**
   * Reads the text of a file that is elsewhere.
   *
   * @param name of the file, for errors
   * @param environment as in {@link #load(Path, Map)}
   * @param overrides as in {@link #load(Path, Map, Map)}
   * @throws ConfigurationException with everything that is wrong with the text or the overrides
   */
  public static FreshetConfig parse(
      String name, String text, Map<String, String> environment, Map<String, String> overrides) {
    return bind(name, YamlFile.compose(name, text), environment, overrides, DEFAULTS, Map.of());
  }

  private static FreshetConfig bind(
      String name,
      Optional<Node> root,
      Map<String, String> environment,
      Map<String, String> overrides,
      Sections base,
      Map<String, Origin> baseOrigins) {
    Problems problems = new Problems();
    Binder binder =
        new Binder(name, new Environment(environment), baseOrigins, overrides, problems);
    Sections sections = binder.bind(root, base);
    problems.throwIfAny();
    return new FreshetConfig(sections, Map.copyOf(binder.origins()), binder.known());
  }

  /**
   * A copy with some values replaced.
   *
   * @param overrides as in {@link #load(Path, Map, Map)}
   * @throws ConfigurationException with everything that is wrong with the overrides
   */
  public FreshetConfig with(Map<String, String> overrides) {
    return bind("", Optional.empty(), Map.of(), overrides, sections, origins);
  }

  /**
   * Where a key was set, for an error that is found later, such as a topic that doesn't exist:
   * {@code freshet.yaml:12}, {@code override topics.user-actions} or {@code default of
   * topics.user-actions}.
   *
   * @param key the full key, such as {@code topics.user-actions} or {@code
   *     ranking.placements.home.list-size}
   * @throws IllegalArgumentException when there is no such key
   */
  public String origin(String key) {
    Origin origin = origins.get(key);
    if (origin != null) {
      return origin.sourceAndLine();
    }
    if (keys.stream().noneMatch(known -> key.equals(known) || key.startsWith(known + "."))) {
      throw new IllegalArgumentException(key + " is not a key of the configuration.");
    }
    return "default of " + key;
  }

  /** Every full key in the order of the file; a map of values is one key. */
  Set<String> keys() {
    return Collections.unmodifiableSet(keys);
  }

  /**
   * The whole configuration as YAML that {@link #parse} reads back to an equal one, wherever that
   * is: references to environment variables are resolved, and secrets are written as they are.
   */
  public String toYaml() {
    return ConfigYaml.write(sections);
  }

  /** The sections, as one value. */
  Record sections() {
    return sections;
  }

  public KafkaConfig kafka() {
    return sections.kafka;
  }

  public TopicsConfig topics() {
    return sections.topics;
  }

  public RedisConfig redis() {
    return sections.redis;
  }

  public FeatureStoreConfig featureStore() {
    return sections.featureStore;
  }

  public TimeConfig time() {
    return sections.time;
  }

  public WatermarkConfig watermark() {
    return sections.watermark;
  }

  public EventsConfig events() {
    return sections.events;
  }

  public FeaturesConfig features() {
    return sections.features;
  }

  public RankingConfig ranking() {
    return sections.ranking;
  }

  public ModelConfig model() {
    return sections.model;
  }

  public TrainingConfig training() {
    return sections.training;
  }

  public LearningConfig learning() {
    return sections.learning;
  }

  public EvaluationConfig evaluation() {
    return sections.evaluation;
  }

  public SinkConfig sink() {
    return sections.sink;
  }

  public CheckpointsConfig checkpoints() {
    return sections.checkpoints;
  }

  public JobConfig job() {
    return sections.job;
  }

  /** Equal when every value is; where the values were set doesn't matter. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FreshetConfig config && config.sections.equals(sections);
  }

  @Override
  public int hashCode() {
    return sections.hashCode();
  }

  /** Every value, secrets masked. */
  @Override
  public String toString() {
    return sections.toString();
  }

  private record Sections(
      KafkaConfig kafka,
      TopicsConfig topics,
      RedisConfig redis,
      FeatureStoreConfig featureStore,
      TimeConfig time,
      WatermarkConfig watermark,
      EventsConfig events,
      FeaturesConfig features,
      RankingConfig ranking,
      ModelConfig model,
      TrainingConfig training,
      LearningConfig learning,
      EvaluationConfig evaluation,
      SinkConfig sink,
      CheckpointsConfig checkpoints,
      JobConfig job)
      implements Section {

    static Sections defaults() {
      return new Sections(
          KafkaConfig.defaults(),
          TopicsConfig.defaults(),
          RedisConfig.defaults(),
          FeatureStoreConfig.defaults(),
          TimeConfig.defaults(),
          WatermarkConfig.defaults(),
          EventsConfig.defaults(),
          FeaturesConfig.defaults(),
          RankingConfig.defaults(),
          ModelConfig.defaults(),
          TrainingConfig.defaults(),
          LearningConfig.defaults(),
          EvaluationConfig.defaults(),
          SinkConfig.defaults(),
          CheckpointsConfig.defaults(),
          JobConfig.defaults());
    }

    @Override
    public void check(Check check) {
      check.require(
          sink.delivery() != Delivery.EXACTLY_ONCE || checkpoints.enabled(),
          "exactly-once delivery commits with checkpoints, which are off",
          "Set checkpoints.enabled to true, or sink.delivery to at-least-once.",
          "sink.delivery",
          "checkpoints.enabled");
      check.require(
          sink.delivery() != Delivery.EXACTLY_ONCE
              || checkpoints.interval().compareTo(LONGEST_TRANSACTION) <= 0,
          "exactly-once delivery keeps a transaction open between checkpoints, and Kafka ends those"
              + " that take too long",
          "Set checkpoints.interval to at most "
              + Scalars.write(LONGEST_TRANSACTION)
              + ", or sink.delivery to at-least-once.",
          "checkpoints.interval",
          "sink.delivery");
      check.require(
          time.mode() != TimeMode.LIVE || learning.lead().compareTo(learning.maxDelay()) > 0,
          "a model would be there only after it is to serve, as its round is learned from "
              + Scalars.write(learning.maxDelay())
              + " after its end",
          "Set learning.lead to some seconds more than learning.max-delay.",
          "learning.lead",
          "learning.max-delay");
      check.require(
          learning.placement() == null || ranking.placements().containsKey(learning.placement()),
          "is not a placement",
          "Name one of " + String.join(", ", ranking.placements().keySet()) + ".",
          "learning.placement");
      ranking
          .placements()
          .forEach(
              (name, placement) ->
                  check.require(
                      placement.history() == null || placement.history() <= ranking.historyLength(),
                      "history "
                          + placement.history()
                          + " is more than ranking.history-length "
                          + ranking.historyLength(),
                      "Lower it, or raise ranking.history-length.",
                      "ranking.placements." + name + ".history",
                      "ranking.history-length"));
    }
  }
}
