package dev.freshet.config;

import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.RedisTopology;
import dev.freshet.features.redis.StoreLayout;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.source.CandidateSources;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Secret;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
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

  /** The greatest {@code training.negatives}: more candidates than a list can have. */
  public static final int MOST_NEGATIVES = 1_000;

  private static final Sections DEFAULTS = Sections.defaults();

  /** Half of the transactions' timeout: the rest is for a restart. */
  private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(5);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(?<port>[0-9]{1,5})");

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

  public Kafka kafka() {
    return sections.kafka;
  }

  public Topics topics() {
    return sections.topics;
  }

  public Redis redis() {
    return sections.redis;
  }

  public FeatureStore featureStore() {
    return sections.featureStore;
  }

  public Time time() {
    return sections.time;
  }

  public Watermark watermark() {
    return sections.watermark;
  }

  public Events events() {
    return sections.events;
  }

  public Features features() {
    return sections.features;
  }

  public Ranking ranking() {
    return sections.ranking;
  }

  public Model model() {
    return sections.model;
  }

  public Training training() {
    return sections.training;
  }

  public Learning learning() {
    return sections.learning;
  }

  public Evaluation evaluation() {
    return sections.evaluation;
  }

  public Sink sink() {
    return sections.sink;
  }

  public Checkpoints checkpoints() {
    return sections.checkpoints;
  }

  public Job job() {
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
      Kafka kafka,
      Topics topics,
      Redis redis,
      FeatureStore featureStore,
      Time time,
      Watermark watermark,
      Events events,
      Features features,
      Ranking ranking,
      Model model,
      Training training,
      Learning learning,
      Evaluation evaluation,
      Sink sink,
      Checkpoints checkpoints,
      Job job)
      implements Section {

    static Sections defaults() {
      return new Sections(
          Kafka.defaults(),
          Topics.defaults(),
          Redis.defaults(),
          FeatureStore.defaults(),
          Time.defaults(),
          Watermark.defaults(),
          Events.defaults(),
          Features.defaults(),
          Ranking.defaults(),
          Model.defaults(),
          Training.defaults(),
          Learning.defaults(),
          Evaluation.defaults(),
          Sink.defaults(),
          Checkpoints.defaults(),
          Job.defaults());
    }

    @Override
    public void check(Check check) {
      check.require(
          sink.delivery != Delivery.EXACTLY_ONCE || checkpoints.enabled,
          "exactly-once delivery commits with checkpoints, which are off",
          "Set checkpoints.enabled to true, or sink.delivery to at-least-once.",
          "sink.delivery",
          "checkpoints.enabled");
      check.require(
          sink.delivery != Delivery.EXACTLY_ONCE
              || checkpoints.interval.compareTo(LONGEST_TRANSACTION) <= 0,
          "exactly-once delivery keeps a transaction open between checkpoints, and Kafka ends those"
              + " that take too long",
          "Set checkpoints.interval to at most "
              + Scalars.write(LONGEST_TRANSACTION)
              + ", or sink.delivery to at-least-once.",
          "checkpoints.interval",
          "sink.delivery");
      check.require(
          time.mode != TimeMode.LIVE || learning.lead.compareTo(learning.maxDelay) > 0,
          "a model would be there only after it is to serve, as its round is learned from "
              + Scalars.write(learning.maxDelay)
              + " after its end",
          "Set learning.lead to some seconds more than learning.max-delay.",
          "learning.lead",
          "learning.max-delay");
      check.require(
          learning.placement == null || ranking.placements.containsKey(learning.placement),
          "is not a placement",
          "Name one of " + String.join(", ", ranking.placements.keySet()) + ".",
          "learning.placement");
      ranking.placements.forEach(
          (name, placement) ->
              check.require(
                  placement.history == null || placement.history <= features.historyLength,
                  "history "
                      + placement.history
                      + " is more than features.history-length "
                      + features.historyLength,
                  "Lower it, or raise features.history-length.",
                  "ranking.placements." + name + ".history",
                  "features.history-length"));
    }
  }

  /**
   * How Kafka is reached.
   *
   * @param bootstrapServers host:port of some brokers, separated by commas
   * @param properties further client properties, such as {@code security.protocol}, for every
   *     client of the job; never printed, since some are passwords
   * @param groupId the consumer group whose offsets are committed
   */
  public record Kafka(String bootstrapServers, Map<String, Secret> properties, String groupId)
      implements Section, Serializable {
    /** Properties that are refused, and what to do instead. */
    static final Map<String, String> SET_BY_THE_JOB =
        Map.ofEntries(
            Map.entry("bootstrap.servers", "Use kafka.bootstrap-servers."),
            Map.entry("group.id", "Use kafka.group-id."),
            Map.entry("acks", "Remove it: sink.delivery decides."),
            Map.entry("enable.idempotence", "Remove it: sink.delivery decides."),
            Map.entry("transactional.id", "Remove it: sink.delivery decides."),
            Map.entry("client.id", "Use job.name."),
            Map.entry("client.id.prefix", "Use job.name."),
            Map.entry("linger.ms", "Remove it: time.mode decides between latency and throughput."),
            Map.entry("batch.size", "Remove it: time.mode decides between latency and throughput."),
            Map.entry("fetch.min.bytes", "Remove it: a record is read as soon as it is there."),
            Map.entry("max.request.size", "Remove it: a dead letter must hold a whole record."),
            Map.entry(
                "transaction.timeout.ms", "Remove it: it must outlast a checkpoint and a restart."),
            Map.entry(
                "partition.discovery.interval.ms",
                "Remove it: restart the job when a topic gets more partitions."),
            Map.entry("isolation.level", "Remove it: only committed records are read."),
            Map.entry("auto.offset.reset", "Remove it: the job decides where reading starts."),
            Map.entry("enable.auto.commit", "Remove it: offsets are committed with checkpoints."),
            Map.entry("key.serializer", "Remove it: the job writes the records."),
            Map.entry("value.serializer", "Remove it: the job writes the records."),
            Map.entry("key.deserializer", "Remove it: the job reads the records."),
            Map.entry("value.deserializer", "Remove it: the job reads the records."));

    public Kafka {
      properties = inOrder(properties);
    }

    static Kafka defaults() {
      return new Kafka("localhost:9092", Map.of(), "freshet");
    }

    /** The properties and the servers, to start a client's properties from. */
    public Properties clientProperties() {
      Properties all = new Properties();
      properties.forEach((key, value) -> all.setProperty(key, value.reveal()));
      all.setProperty("bootstrap.servers", bootstrapServers);
      return all;
    }

    @Override
    public void check(Check check) {
      check.require(
          Stream.of(bootstrapServers.split(",", -1))
              .allMatch(server -> isHostAndPort(server.strip())),
          "is not a list of host:port",
          "Write for example broker-1:9092,broker-2:9092.",
          "bootstrap-servers");
      check.require(
          groupId.length() <= 249, "is too long", "Write at most 249 characters.", "group-id");
      Set<String> known = new TreeSet<>(ConsumerConfig.configNames());
      known.addAll(ProducerConfig.configNames());
      for (String property : properties.keySet()) {
        String key = "properties." + property;
        check.require(
            !SET_BY_THE_JOB.containsKey(property),
            "is set by the job itself",
            SET_BY_THE_JOB.getOrDefault(property, ""),
            key);
        // Interceptors and login modules bring keys of their own, so only a near miss is wrong.
        Optional<String> meant =
            known.contains(property) ? Optional.empty() : Suggestion.closest(property, known);
        check.require(
            meant.isEmpty(),
            "is not a property of a Kafka client",
            "Did you mean " + meant.orElse("") + "?",
            key);
      }
    }
  }

  /**
   * Names of the Kafka topics; all different.
   *
   * @param userActions read: what users did
   * @param itemUpdates read: the items' attributes
   * @param recommendationRequests read: lists that are asked for without an action
   * @param recommendations written: the ranked lists
   * @param deadLetters written: records that can't be processed, with the reason
   * @param trainingExamples written: ranked lists and what the user did next
   * @param models read: models, and which of them serve from when; one partition, compacted
   * @param shadowRecommendations written: what models that are tried in the shadow would have
   *     served
   * @param explanations written: what each list was made from
   * @param trainingRounds written and read by learning: how each round ended; one partition,
   *     compacted
   * @param evaluation written: how good the lists were, by what users did next
   */
  public record Topics(
      String userActions,
      String itemUpdates,
      String recommendationRequests,
      String recommendations,
      String deadLetters,
      String trainingExamples,
      String models,
      String shadowRecommendations,
      String explanations,
      String trainingRounds,
      String evaluation)
      implements Section, Serializable {
    private static final Pattern LEGAL = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    static Topics defaults() {
      return new Topics(
          "user-actions",
          "item-updates",
          "recommendation-requests",
          "recommendations",
          "dead-letters",
          "training-examples",
          "models",
          "shadow-recommendations",
          "explanations",
          "training-rounds",
          "evaluation");
    }

    /** The topics by their keys, such as {@code user-actions}. */
    public Map<String, String> byKey() {
      Map<String, String> topics = new LinkedHashMap<>();
      topics.put("user-actions", userActions);
      topics.put("item-updates", itemUpdates);
      topics.put("recommendation-requests", recommendationRequests);
      topics.put("recommendations", recommendations);
      topics.put("dead-letters", deadLetters);
      topics.put("training-examples", trainingExamples);
      topics.put("models", models);
      topics.put("shadow-recommendations", shadowRecommendations);
      topics.put("explanations", explanations);
      topics.put("training-rounds", trainingRounds);
      topics.put("evaluation", evaluation);
      return topics;
    }

    @Override
    public void check(Check check) {
      Map<String, String> keyOf = new HashMap<>();
      byKey()
          .forEach(
              (key, topic) -> {
                check.require(
                    LEGAL.matcher(topic).matches(),
                    "is not a legal name of a Kafka topic",
                    "Use 1 to 249 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.",
                    key);
                String other = keyOf.putIfAbsent(topic, key);
                check.require(
                    other == null,
                    "is the same topic as topics." + other,
                    "Give each its own topic.",
                    key,
                    String.valueOf(other));
              });
    }
  }

  /**
   * How the feature store is reached.
   *
   * @param topology the kind of Redis
   * @param address host:port; in a cluster of some members, with sentinels of the sentinels, then
   *     separated by commas
   * @param sentinelMaster the name under which the sentinels know the master; null without
   *     sentinels
   * @param user the ACL user; null: the default user
   * @param password null: none
   * @param sentinelUser the ACL user for the sentinels; null: the default user
   * @param sentinelPassword the password for the sentinels; null: none
   * @param database number of the database; always 0 in a cluster
   * @param tls whether connections are encrypted
   * @param tlsCa path of the certificates (PEM) by which servers are believed; null: those that
   *     Java trusts
   * @param tlsCertificate path of the client's certificate, PEM or PKCS #12; null: none
   * @param tlsKey path of its key (PEM, PKCS #8); null: none, or in the PKCS #12 file
   * @param tlsKeyPassword of the PKCS #12 file; null: none
   * @param tlsVerifyHost whether a server's certificate must be for the host that it is reached by
   * @param timeout for connecting and for one answer
   * @param keyPrefix start of every key, so that several systems can share a Redis
   */
  public record Redis(
      RedisTopology topology,
      String address,
      @Nullable String sentinelMaster,
      @Nullable String user,
      @Nullable Secret password,
      @Nullable String sentinelUser,
      @Nullable Secret sentinelPassword,
      int database,
      boolean tls,
      @Nullable String tlsCa,
      @Nullable String tlsCertificate,
      @Nullable String tlsKey,
      @Nullable Secret tlsKeyPassword,
      boolean tlsVerifyHost,
      Duration timeout,
      String keyPrefix)
      implements Section, Serializable {
    static Redis defaults() {
      return new Redis(
          RedisTopology.STANDALONE,
          "localhost:6379",
          null,
          null,
          null,
          null,
          null,
          0,
          false,
          null,
          null,
          null,
          null,
          true,
          Duration.ofSeconds(2),
          "freshet");
    }

    @Override
    public void check(Check check) {
      boolean one = topology == RedisTopology.STANDALONE;
      check.require(
          one
              ? isHostAndPort(address)
              : Stream.of(address.split(",", -1)).allMatch(node -> isHostAndPort(node.strip())),
          one ? "is not host:port" : "is not a list of host:port",
          one
              ? "Write for example localhost:6379; redis.user and redis.password are keys of their"
                  + " own."
              : "Write for example redis-1:6379,redis-2:6379.",
          "address");
      boolean sentinel = topology == RedisTopology.SENTINEL;
      check.require(
          !sentinel || sentinelMaster != null,
          "sentinels must be asked for a master by its name",
          "Set redis.sentinel-master to the name after 'sentinel monitor' in their configuration.",
          "topology",
          "sentinel-master");
      requireOnlyIf(check, sentinel, sentinelMaster, "sentinel-master", "topology is sentinel");
      requireOnlyIf(check, sentinel, sentinelUser, "sentinel-user", "topology is sentinel");
      requireOnlyIf(check, sentinel, sentinelPassword, "sentinel-password", "topology is sentinel");
      check.range("database", database, 0, 65_535);
      check.require(
          topology != RedisTopology.CLUSTER || database == 0,
          "a cluster has only database 0",
          "Remove redis.database.",
          "database",
          "topology");
      requireOnlyIf(check, tls, tlsCa, "tls-ca", "tls is true");
      requireOnlyIf(check, tls, tlsCertificate, "tls-certificate", "tls is true");
      requireOnlyIf(check, tlsCertificate != null, tlsKey, "tls-key", "tls-certificate is set");
      requireOnlyIf(
          check,
          tlsCertificate != null && tlsKey == null,
          tlsKeyPassword,
          "tls-key-password",
          "tls-certificate is a PKCS #12 file and tls-key is not set");
      check.require(
          tls || tlsVerifyHost,
          "is of use only if redis.tls is true",
          "Remove it, or set redis.tls.",
          "tls-verify-host");
      check.range("timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(1));
      requireName(check, "key-prefix", keyPrefix);
    }

    private static void requireOnlyIf(
        Check check, boolean used, @Nullable Object value, String key, String condition) {
      check.require(
          used || value == null,
          "is of use only if redis." + condition,
          "Remove it, or correct the other.",
          key);
    }
  }

  /**
   * How features lie in the store.
   *
   * @param layout as compact as can be, or as Feast's SDK reads it
   * @param feastProject name of the Feast project, for its layout
   */
  public record FeatureStore(StoreLayout layout, String feastProject)
      implements Section, Serializable {
    static FeatureStore defaults() {
      return new FeatureStore(StoreLayout.PACKED, FeatureStoreSettings.DEFAULT_FEAST_PROJECT);
    }

    @Override
    public void check(Check check) {
      requireName(check, "feast-project", feastProject);
    }
  }

  /** Which time orders the actions. */
  public enum TimeSource {
    /** The action's own: when it happened, by the producer's clock. */
    EVENT,
    /** Kafka's record time, for producers with bad clocks. */
    RECORD
  }

  /** What moves the watermark. */
  public enum TimeMode {
    /** The wall clock, as soon as the backlog is read. */
    LIVE,
    /** The data alone: the same data give the same result, at any speed. */
    REPLAY
  }

  /**
   * What time means.
   *
   * @param source which time orders the actions
   * @param mode what moves the watermark
   */
  public record Time(TimeSource source, TimeMode mode) implements Serializable {
    static Time defaults() {
      return new Time(TimeSource.EVENT, TimeMode.LIVE);
    }
  }

  /**
   * The clock of the product.
   *
   * @param maxDelay how far the watermark is held behind now: an action that comes within it is
   *     seen exactly, and every answer waits for it; 0: rank on arrival
   * @param interval between two watermarks; null: 1 ms if answers wait for them, else 50 ms
   */
  public record Watermark(Duration maxDelay, @Nullable Duration interval)
      implements Section, Serializable {

    private static final Duration WHERE_ANSWERS_WAIT = Duration.ofMillis(1);

    private static final Duration WHERE_NONE_WAITS = Duration.ofMillis(50);

    static Watermark defaults() {
      return new Watermark(Duration.ofMillis(5), null);
    }

    /** The time between two watermarks, chosen or not. */
    public Duration everyInterval() {
      if (interval != null) {
        return interval;
      }
      return maxDelay.isZero() ? WHERE_NONE_WAITS : WHERE_ANSWERS_WAIT;
    }

    /** How often a source looks at the clock; who wants it more often looks at it himself. */
    public Duration sourceInterval() {
      Duration every = everyInterval();
      return every.compareTo(WHERE_NONE_WAITS) < 0 ? WHERE_NONE_WAITS : every;
    }

    @Override
    public void check(Check check) {
      check.range("max-delay", maxDelay, Duration.ZERO, Duration.ofHours(1));
      if (interval != null) {
        check.range("interval", interval, Duration.ofMillis(1), Duration.ofSeconds(1));
      }
    }
  }

  /**
   * Which events are taken; others become dead letters.
   *
   * @param earliest the first event time that is believed
   * @param maxFuture how far ahead of the machine's clock an event time may be
   * @param maxIdLength longest id of an event, user or item, in UTF-16 units
   * @param dedupWindow how long an event id is remembered, in event time
   */
  public record Events(Instant earliest, Duration maxFuture, int maxIdLength, Duration dedupWindow)
      implements Section, Serializable {
    static Events defaults() {
      return new Events(
          Instant.parse("2000-01-01T00:00:00Z"),
          Duration.ofSeconds(10),
          256,
          Duration.ofMinutes(10));
    }

    @Override
    public void check(Check check) {
      check.range("earliest", earliest, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
      check.range("max-future", maxFuture, Duration.ZERO, Duration.ofDays(1));
      check.range("max-id-length", maxIdLength, 1, 1024);
      check.range("dedup-window", dedupWindow, Duration.ofMillis(1), Duration.ofDays(30));
    }
  }

  /**
   * How features are computed.
   *
   * @param catalog path of the feature catalog that says what is kept in the store; null: the
   *     bundled one
   * @param popularityHalfLifeShort after which an action counts half towards what is popular now
   * @param popularityHalfLifeLong the same towards what is popular always; not the shorter one
   * @param neighbourHalfLife after which two items seen together count half
   * @param historyLength items remembered per user
   * @param sessionGap without an action, after which a new session begins
   * @param storeCacheEntities entities of each kind that a subtask caches of what it reads from the
   *     store
   * @param storeCacheMaxAge after which a cached one is read again
   * @param storeTimeout after which ranking goes on without what the store has
   */
  public record Features(
      @Nullable String catalog,
      Duration popularityHalfLifeShort,
      Duration popularityHalfLifeLong,
      Duration neighbourHalfLife,
      int historyLength,
      Duration sessionGap,
      int storeCacheEntities,
      Duration storeCacheMaxAge,
      Duration storeTimeout)
      implements Section, Serializable {
    static Features defaults() {
      return new Features(
          null,
          Duration.ofDays(1),
          Duration.ofDays(30),
          Duration.ofDays(30),
          20,
          Duration.ofMinutes(30),
          100_000,
          Duration.ofMinutes(1),
          Duration.ofMillis(50));
    }

    @Override
    public void check(Check check) {
      Duration shortest = Duration.ofMinutes(1);
      Duration longest = Duration.ofDays(3650);
      check.range("popularity-half-life-short", popularityHalfLifeShort, shortest, longest);
      check.range("popularity-half-life-long", popularityHalfLifeLong, shortest, longest);
      check.require(
          popularityHalfLifeShort.compareTo(popularityHalfLifeLong) <= 0,
          "popularity-half-life-short is longer than popularity-half-life-long",
          "Swap them.",
          "popularity-half-life-short",
          "popularity-half-life-long");
      check.range("neighbour-half-life", neighbourHalfLife, shortest, longest);
      check.range("history-length", historyLength, 1, 1000);
      check.range("store-cache-entities", storeCacheEntities, 1, 100_000_000);
      check.range(
          "store-cache-max-age", storeCacheMaxAge, Duration.ofMillis(1), Duration.ofDays(1));
      check.range("store-timeout", storeTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
      check.range("session-gap", sessionGap, Duration.ofSeconds(1), Duration.ofDays(7));
    }
  }

  /**
   * How lists are made.
   *
   * @param maxItems items that ranking knows at most; beyond, it forgets those that are least asked
   *     for
   * @param seenItems distinct items remembered per user for lists that leave out what was seen, and
   *     as many for what was bought
   * @param purchaseActions kinds of action that are a purchase
   * @param explanations whether what each list was made from is written
   * @param placements the kinds of list, by their names
   */
  public record Ranking(
      int maxItems,
      int seenItems,
      List<String> purchaseActions,
      boolean explanations,
      Map<String, Placement> placements)
      implements Section, Serializable {
    /** No dot: a full key must say where the name ends. */
    private static final Pattern PLACEMENT_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public Ranking {
      purchaseActions = List.copyOf(purchaseActions);
      placements = inOrder(placements);
    }

    static Ranking defaults() {
      return new Ranking(
          1_000_000,
          500,
          List.of("purchase", "buy", "order"),
          false,
          Map.of("home", Placement.defaults()));
    }

    /** Name of the placement that comes first in the file. */
    public String firstPlacement() {
      return placements.keySet().iterator().next();
    }

    @Override
    public void check(Check check) {
      check.range("max-items", maxItems, 1_000, 100_000_000);
      check.range("seen-items", seenItems, 0, 10_000);
      check.require(
          !placements.isEmpty(), "names no placement", "Name one, such as home: {}.", "placements");
      placements.forEach(
          (name, placement) -> {
            String key = "placements." + name;
            check.require(
                PLACEMENT_NAME.matcher(name).matches(),
                "is not a name of a placement",
                "Use 1 to 64 of the characters A-Z, a-z, 0-9, '_' and '-'.",
                key);
            check.require(
                seenItems > 0 || placement.exclude.isEmpty(),
                "leaves out what the user knows, but nothing of it is remembered",
                "Raise ranking.seen-items, or remove ranking." + key + ".exclude.",
                key + ".exclude",
                "seen-items");
            check.require(
                !placement.exclude.contains(Exclusion.BOUGHT) || !purchaseActions.isEmpty(),
                "leaves out what the user bought, but no action is a purchase",
                "Name some in ranking.purchase-actions.",
                key + ".exclude",
                "purchase-actions");
          });
    }
  }

  /**
   * A kind of list; what each of them means is told at {@link dev.freshet.ranking.list.Placement}.
   *
   * @param actions kinds of action that ask for the list; {@code *}: all
   * @param listSize items in the list; not more than {@code maxCandidates}
   * @param maxCandidates items scored for the list
   * @param history how many of the user's recent items are regarded; null: all that are remembered
   * @param sources candidates asked of each source, by its name, in the order in which they are
   *     asked
   * @param fallback sources that are asked when those have too few
   * @param exclude what the user must not be shown again
   * @param require by attribute, the values of which an item must have one
   * @param forbid by attribute, the values of which an item must have none
   * @param mostPerValue by attribute, how many items of the same value the list holds
   * @param explore places kept for new items; less than {@code listSize}
   * @param model name of the model that scores; {@code none}: the order of the proposals stands
   */
  public record Placement(
      List<String> actions,
      int listSize,
      int maxCandidates,
      @Nullable Integer history,
      Map<String, Integer> sources,
      List<String> fallback,
      List<Exclusion> exclude,
      Map<String, List<String>> require,
      Map<String, List<String>> forbid,
      Map<String, Integer> mostPerValue,
      int explore,
      String model)
      implements Section, Serializable {
    public Placement {
      actions = List.copyOf(actions);
      sources = inOrder(sources);
      fallback = List.copyOf(fallback);
      exclude = List.copyOf(exclude);
      require = inOrder(require);
      forbid = inOrder(forbid);
      mostPerValue = inOrder(mostPerValue);
    }

    static Placement defaults() {
      Map<String, Integer> sources = new LinkedHashMap<>();
      sources.put("transitions", 40);
      sources.put("covisits", 60);
      sources.put("knn", 60);
      sources.put("recent", 20);
      sources.put("embedding", 20);
      sources.put("trending", 30);
      sources.put("popular", 30);
      sources.put("new", 10);
      return new Placement(
          List.of(dev.freshet.ranking.list.Placement.EVERY_ACTION),
          20,
          200,
          null,
          sources,
          List.of("popular"),
          List.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          0,
          "default");
    }

    @Override
    public void check(Check check) {
      check.range("list-size", listSize, 1, 1000);
      check.range("max-candidates", maxCandidates, 1, 10_000);
      check.require(
          listSize <= maxCandidates,
          "list-size " + listSize + " is more than max-candidates " + maxCandidates,
          "Lower list-size or raise max-candidates.",
          "list-size",
          "max-candidates");
      if (history != null) {
        check.range("history", history, 1, 1000);
      }
      check.require(
          !sources.isEmpty(), "names no source", "Name one, such as popular: 60.", "sources");
      sources.forEach(
          (source, quota) -> {
            check.range("sources." + source, quota, 1, 10_000);
            requireSource(check, source, "sources." + source);
          });
      fallback.forEach(source -> requireSource(check, source, "fallback"));
      requireValues(check, "require", require);
      requireValues(check, "forbid", forbid);
      mostPerValue.forEach(
          (attribute, most) -> check.range("most-per-value." + attribute, most, 1, 1000));
      check.range("explore", explore, 0, 999);
      check.require(
          explore < listSize,
          "explore " + explore + " leaves no other place in a list of " + listSize,
          "Lower explore or raise list-size.",
          "explore",
          "list-size");
      requireName(check, "model", model);
    }

    private static void requireSource(Check check, String source, String key) {
      check.require(
          CandidateSources.STANDARD.isSource(source),
          (key.endsWith(source) ? "" : "'" + source + "' ") + "is not a known source",
          Suggestion.closest(source, CandidateSources.STANDARD.names())
              .map(meant -> "Did you mean " + meant + "?")
              .orElse("There are " + String.join(", ", CandidateSources.STANDARD.names()) + "."),
          key);
    }

    private static void requireValues(Check check, String key, Map<String, List<String>> values) {
      values.forEach(
          (attribute, some) ->
              check.require(
                  !some.isEmpty(),
                  "names no value",
                  "Write the values as a list, such as [a, b], or remove the line.",
                  key + "." + attribute));
    }
  }

  /**
   * The model.
   *
   * @param file path of a model bundle, from the working directory if relative; null: the bundled
   *     model
   */
  public record Model(@Nullable String file) implements Section, Serializable {
    static Model defaults() {
      return new Model(null);
    }

    @Override
    public void check(Check check) {
      check.require(
          file == null || isPath(file), "is not a path", "Write the path of a file.", "file");
    }

    private static boolean isPath(String text) {
      try {
        return !Path.of(text).toString().isEmpty();
      } catch (InvalidPathException e) {
        return false;
      }
    }
  }

  /**
   * What is written for training.
   *
   * @param examples whether training examples are written
   * @param negatives candidates kept per example besides those that were shown
   * @param share of the lists, by a hash of their ids, whose examples are written
   */
  public record Training(boolean examples, int negatives, double share)
      implements Section, Serializable {
    static Training defaults() {
      return new Training(false, 24, 1);
    }

    @Override
    public void check(Check check) {
      check.range("negatives", negatives, 0, MOST_NEGATIVES);
      check.range("share", share, 1e-6, 1.0);
    }
  }

  /**
   * How lists are evaluated while the job runs.
   *
   * @param window of event time that is told of at a time
   * @param excludeSeen whether an action on an item that the user had acted on before is no test
   */
  public record Evaluation(Duration window, boolean excludeSeen) implements Section, Serializable {
    static Evaluation defaults() {
      return new Evaluation(Duration.ofMinutes(1), false);
    }

    @Override
    public void check(Check check) {
      check.range("window", window, Duration.ofSeconds(1), Duration.ofDays(7));
    }
  }

  /**
   * How models go on learning from what was served, for the learning job.
   *
   * @param model name of the model that learns
   * @param every length of a round, in event time
   * @param shards into how many parts the examples of a round are divided
   * @param hidden width of each hidden layer, from the features on
   * @param learningRate size of a step
   * @param batchLists most lists per step
   * @param passes how often a round's examples are gone through
   * @param rehearsalLists how many earlier lists a shard remembers
   * @param rehearsalRatio how many remembered lists are learned again for each new one
   * @param heldOut share of the examples that judges models and is never learned from
   * @param minHeldOut held-out lists, with an item that was acted on, that a verdict on a model
   *     needs; with fewer a round gives none, and they are added up
   * @param maxDelay how far the learning job's watermark is held behind now: an example that comes
   *     within it counts for its own round
   * @param lead between the end of a round and when its model begins to serve, in event time
   * @param placement whose lists are learned from; null: the first one
   * @param seed of weights, shuffling and memory
   */
  public record Learning(
      String model,
      Duration every,
      int shards,
      List<Integer> hidden,
      double learningRate,
      int batchLists,
      int passes,
      int rehearsalLists,
      double rehearsalRatio,
      double heldOut,
      int minHeldOut,
      Duration maxDelay,
      Duration lead,
      @Nullable String placement,
      long seed)
      implements Section, Serializable {
    public Learning {
      hidden = List.copyOf(hidden);
    }

    static Learning defaults() {
      LearningOptions options = LearningOptions.defaults();
      return new Learning(
          "default",
          Duration.ofMinutes(10),
          options.shards(),
          options.hidden(),
          options.learningRate(),
          options.batchLists(),
          options.passes(),
          options.rehearsalLists(),
          options.rehearsalRatio(),
          0.1,
          options.minHeldOutLists(),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          null,
          options.seed());
    }

    /** These, and what is not configured. */
    public LearningOptions options() {
      LearningOptions defaults = LearningOptions.defaults();
      return new LearningOptions(
          hidden,
          shards,
          learningRate,
          batchLists,
          passes,
          defaults.maxGradientNorm(),
          rehearsalLists,
          rehearsalRatio,
          defaults.rehearsalHalfLife(),
          minHeldOut,
          seed);
    }

    @Override
    public void check(Check check) {
      requireName(check, "model", model);
      check.range("every", every, Duration.ofMillis(100), Duration.ofDays(7));
      check.range("shards", shards, 1, 64);
      check.require(
          hidden.stream().allMatch(width -> width >= 1 && width <= 1024) && hidden.size() <= 8,
          "is not a list of at most 8 widths from 1 to 1024",
          "Write for example [16], or [] for a linear model.",
          "hidden");
      check.range("learning-rate", learningRate, 0.000_001, 1.0);
      check.range("batch-lists", batchLists, 1, 10_000);
      check.range("passes", passes, 1, 100);
      check.range("rehearsal-lists", rehearsalLists, 0, 1_000_000);
      check.range("rehearsal-ratio", rehearsalRatio, 0.0, 10.0);
      check.range("held-out", heldOut, 0.01, 0.5);
      check.range("min-held-out", minHeldOut, 2, 1_000_000);
      check.range("max-delay", maxDelay, Duration.ZERO, Duration.ofHours(1));
      check.range("lead", lead, Duration.ZERO, Duration.ofHours(2));
    }
  }

  /** How recommendations are delivered to Kafka. */
  public enum Delivery {
    /** At once; after a crash some come a second time, with the same id. */
    AT_LEAST_ONCE,
    /** In transactions: visible to a reader of committed records after the next checkpoint. */
    EXACTLY_ONCE
  }

  /**
   * How results are written.
   *
   * @param redisMaxPending entities waiting to be written to Redis before the job is slowed down
   * @param redisBatch entities written in one round trip; not more than {@code redisMaxPending}
   * @param delivery how recommendations are delivered to Kafka
   */
  public record Sink(int redisMaxPending, int redisBatch, Delivery delivery)
      implements Section, Serializable {
    static Sink defaults() {
      return new Sink(50_000, 500, Delivery.AT_LEAST_ONCE);
    }

    @Override
    public void check(Check check) {
      check.range("redis-max-pending", redisMaxPending, 1, 10_000_000);
      check.range("redis-batch", redisBatch, 1, 10_000);
      check.require(
          redisBatch <= redisMaxPending,
          "redis-batch " + redisBatch + " is more than redis-max-pending " + redisMaxPending,
          "Lower sink.redis-batch or raise sink.redis-max-pending.",
          "redis-batch",
          "redis-max-pending");
    }
  }

  /**
   * Flink's checkpoints, from which the job continues after a crash.
   *
   * @param enabled without them a restart begins anew
   * @param interval between the beginnings of two
   * @param directory where they are kept; null: in the JobManager's memory
   */
  public record Checkpoints(boolean enabled, Duration interval, @Nullable URI directory)
      implements Section, Serializable {
    static Checkpoints defaults() {
      return new Checkpoints(true, Duration.ofSeconds(30), null);
    }

    @Override
    public void check(Check check) {
      check.range("interval", interval, Duration.ofMillis(10), Duration.ofDays(1));
    }
  }

  /**
   * The Flink job.
   *
   * @param parallelism subtasks of every operator; a source has no more than its topic has
   *     partitions
   * @param name as in Flink's dashboard
   */
  public record Job(int parallelism, String name) implements Section, Serializable {
    static Job defaults() {
      return new Job(1, "Freshet");
    }

    @Override
    public void check(Check check) {
      check.range("parallelism", parallelism, 1, 1024);
    }
  }

  private static <V> Map<String, V> inOrder(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static boolean isHostAndPort(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group("port"));
    return port >= 1 && port <= 65_535;
  }

  private static void requireName(Check check, String key, String name) {
    check.require(
        NAME.matcher(name).matches(),
        "is not a name",
        "Use 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.",
        key);
  }
}
