package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.redis.RedisTopology;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshetConfigTest {
  private static final Path SAMPLE = Path.of("..", "freshet.yaml");

  @Test
  void anEmptyFileIsTheDefaults() {
    assertThat(parse("")).isEqualTo(FreshetConfig.defaults());
    assertThat(parse("# nothing\n")).isEqualTo(FreshetConfig.defaults());
    assertThat(parse("kafka:\nranking:\n  placements:\n")).isEqualTo(FreshetConfig.defaults());
  }

  @Test
  void everyKeyCanBeSet() {
    FreshetConfig config =
        parse(
            """
            kafka:
              bootstrap-servers: a:1, b.c:9092,[::1]:65535
              properties: {security.protocol: SSL, client.rack: eu}
              group-id: 17
            topics:
              user-actions: a
              item-updates: b
              recommendation-requests: i
              recommendations: c
              dead-letters: d
              training-examples: e
              models: f
              shadow-recommendations: g
              explanations: h
              training-rounds: j
              evaluation: k
            redis:
              topology: sentinel
              address: 10.0.0.1:6380, [::1]:6380
              sentinel-master: features
              user: ann
              password: hunter2
              sentinel-user: sue
              sentinel-password: hunter3
              database: 3
              tls: true
              tls-ca: /tls/ca.pem
              tls-certificate: /tls/client.p12
              tls-key-password: hunter4
              tls-verify-host: false
              timeout: 500ms
              key-prefix: shop-1
            time:
              source: record
              mode: replay
            watermark:
              max-delay: 0ms
              interval: 1s
            events:
              earliest: 1995-03-01
              max-future: 1h
              max-id-length: 64
              dedup-window: 1d
            features:
              catalog: shop/features.yaml
              store-cache-entities: 7000
              store-cache-max-age: 30s
              store-timeout: 20ms
            ranking:
              history-length: 5
              session-gap: 90s
              trending-half-life: 2h
              popular-half-life: 7d
              neighbour-half-life: 3d
              max-items: 5000
              seen-items: 60
              purchase-actions: [paid]
              explanations: true
              placements:
                basket:
                  actions: [add, remove]
                  list-size: 5
                  max-candidates: 50
                  history: 3
                  sources: {popular: 7, recent: 8}
                  fallback: []
                  exclude: [seen-in-session, bought]
                  require: {in_stock: ["yes"], shop: [a, b]}
                  forbid: {rating: [adult]}
                  most-per-value: {brand: 2, category: 3}
                  explore: 1
                  model: none
                similar: {history: 1}
            model:
              file: /models/m.onnx
            training:
              examples: true
              negatives: 0
            learning:
              model: taste
              every: 1h
              shards: 8
              hidden: [32, 8]
              learning-rate: 0.5
              batch-lists: 9
              passes: 3
              rehearsal-lists: 0
              rehearsal-ratio: 2
              held-out: 0.25
              min-held-out: 30
              max-delay: 1m
              lead: 90s
              placement: basket
              seed: 77
            sink:
              redis-max-pending: 10
              redis-batch: 10
              delivery: exactly-once
            checkpoints:
              enabled: true
              interval: 500ms
              directory: file:///tmp/c
            job:
              parallelism: 8
              name: "Freshet: shop"
            """);

    assertThat(config.kafka().bootstrapServers()).isEqualTo("a:1, b.c:9092,[::1]:65535");
    assertThat(config.kafka().properties())
        .containsExactly(
            Map.entry("security.protocol", new Secret("SSL")),
            Map.entry("client.rack", new Secret("eu")));
    assertThat(config.kafka().groupId()).isEqualTo("17");
    assertThat(config.topics())
        .isEqualTo(new TopicsConfig("a", "b", "i", "c", "d", "e", "f", "g", "h", "j", "k"));
    assertThat(config.redis())
        .isEqualTo(
            new RedisConfig(
                RedisTopology.SENTINEL,
                "10.0.0.1:6380, [::1]:6380",
                "features",
                "ann",
                new Secret("hunter2"),
                "sue",
                new Secret("hunter3"),
                3,
                true,
                "/tls/ca.pem",
                "/tls/client.p12",
                null,
                new Secret("hunter4"),
                false,
                Duration.ofMillis(500),
                "shop-1"));
    assertThat(config.time()).isEqualTo(new TimeConfig(TimeSource.RECORD, TimeMode.REPLAY));
    assertThat(config.watermark())
        .isEqualTo(new WatermarkConfig(Duration.ZERO, Duration.ofSeconds(1)));
    assertThat(config.events())
        .isEqualTo(
            new EventsConfig(
                Instant.parse("1995-03-01T00:00:00Z"),
                Duration.ofHours(1),
                64,
                Duration.ofDays(1)));
    assertThat(config.features())
        .isEqualTo(
            new FeaturesConfig(
                "shop/features.yaml", 7_000, Duration.ofSeconds(30), Duration.ofMillis(20)));
    assertThat(config.ranking().historyLength()).isEqualTo(5);
    assertThat(config.ranking().sessionGap()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.ranking().trendingHalfLife()).isEqualTo(Duration.ofHours(2));
    assertThat(config.ranking().popularHalfLife()).isEqualTo(Duration.ofDays(7));
    assertThat(config.ranking().neighbourHalfLife()).isEqualTo(Duration.ofDays(3));
    assertThat(config.ranking().maxItems()).isEqualTo(5_000);
    assertThat(config.ranking().seenItems()).isEqualTo(60);
    assertThat(config.ranking().purchaseActions()).containsExactly("paid");
    assertThat(config.ranking().placements().keySet()).containsExactly("basket", "similar");
    PlacementConfig basket = config.ranking().placements().get("basket");
    assertThat(basket)
        .isEqualTo(
            new PlacementConfig(
                List.of("add", "remove"),
                5,
                50,
                3,
                Map.of("popular", 7, "recent", 8),
                List.of(),
                List.of(Exclusion.SEEN_IN_SESSION, Exclusion.BOUGHT),
                Map.of("in_stock", List.of("yes"), "shop", List.of("a", "b")),
                Map.of("rating", List.of("adult")),
                Map.of("brand", 2, "category", 3),
                1,
                "none"));
    assertThat(basket.sources().keySet()).containsExactly("popular", "recent");
    PlacementConfig similar = config.ranking().placements().get("similar");
    assertThat(similar.history()).isEqualTo(1);
    assertThat(similar.listSize()).isEqualTo(20);
    assertThat(config.model().file()).isEqualTo("/models/m.onnx");
    assertThat(config.training()).isEqualTo(new TrainingConfig(true, 0, 1));
    assertThat(config.learning())
        .isEqualTo(
            new LearningConfig(
                "taste",
                Duration.ofHours(1),
                8,
                List.of(32, 8),
                0.5,
                9,
                3,
                0,
                2,
                0.25,
                30,
                Duration.ofMinutes(1),
                Duration.ofSeconds(90),
                "basket",
                77));
    assertThat(config.sink()).isEqualTo(new SinkConfig(10, 10, Delivery.EXACTLY_ONCE));
    assertThat(config.checkpoints())
        .isEqualTo(
            new CheckpointsConfig(true, Duration.ofMillis(500), URI.create("file:///tmp/c")));
    assertThat(config.job()).isEqualTo(new JobConfig(8, "Freshet: shop"));
  }

  @Test
  void theSampleFileHoldsEveryKeyAtItsDefaultWithAComment() throws IOException {
    FreshetConfig sample = FreshetConfig.load(SAMPLE, Map.of());
    List<String> lines = Files.readAllLines(SAMPLE);

    assertThat(sample).isEqualTo(FreshetConfig.defaults());
    assertThat(sources(sample).keySet())
        .containsExactlyElementsOf(sources(FreshetConfig.defaults()).keySet());
    assertThat(sample.keys())
        .hasSize(94)
        .allSatisfy(key -> assertThat(sample.origin(key)).startsWith(SAMPLE + ":"));
    assertThat(lines.stream().filter(line -> line.startsWith("  "))).allMatch(l -> l.contains("#"));
  }

  @Test
  void tellsWhereAKeyWasSet(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("freshet.yaml");
    Files.writeString(
        file,
        "topics:\n  user-actions: clicks\n"
            + "ranking:\n  placements:\n    shop:\n      sources:\n        recent: 3\n");
    FreshetConfig config =
        FreshetConfig.load(
            file,
            Map.of(),
            Map.of("redis.address", "redis:6379", "ranking.placements.shop.explore", "2"));

    assertThat(config.origin("topics.user-actions")).isEqualTo(file + ":2");
    assertThat(config.origin("ranking.placements.shop.sources.recent")).isEqualTo(file + ":7");
    assertThat(config.origin("ranking.placements.shop.explore"))
        .isEqualTo("override ranking.placements.shop.explore");
    assertThat(config.origin("ranking.placements.shop.list-size"))
        .isEqualTo("default of ranking.placements.shop.list-size");
    assertThat(config.origin("redis.address")).isEqualTo("override redis.address");
    assertThat(config.origin("topics.item-updates")).isEqualTo("default of topics.item-updates");
    assertThatThrownBy(() -> config.origin("topics.clicks"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("topics.clicks is not a key of the configuration.");
  }

  @Test
  void anOverrideWinsOverTheFileAndIsTakenLiterally() {
    FreshetConfig config =
        FreshetConfig.parse(
            "f",
            """
            watermark: {max-delay: 1h}
            redis: {user: ann}
            ranking: {placements: {home: {sources: {recent: 3, popular: 4}}}}
            """,
            Map.of(),
            Map.of(
                "watermark.max-delay", "2ms",
                "redis.user", "",
                "redis.password", "${HOME}",
                "ranking.placements.home.sources.popular", "9",
                "kafka.properties.security.protocol", "SSL"));

    assertThat(config.watermark().maxDelay()).isEqualTo(Duration.ofMillis(2));
    assertThat(config.redis().user()).isNull();
    assertThat(config.redis().password()).isEqualTo(new Secret("${HOME}"));
    assertThat(sources(config)).isEqualTo(Map.of("recent", 3, "popular", 9));
    assertThat(config.kafka().clientProperties())
        .isEqualTo(Map.of("bootstrap.servers", "localhost:9092", "security.protocol", "SSL"));
  }

  @Test
  void aCopyKeepsWhatIsNotReplacedAndWhereItWasSet() {
    FreshetConfig config =
        FreshetConfig.parse("f", "job: {parallelism: 3}\nredis:\n  user: ann", Map.of(), Map.of());
    FreshetConfig copy = config.with(Map.of("job.name", "Other", "redis.user", ""));

    assertThat(copy.job()).isEqualTo(new JobConfig(3, "Other"));
    assertThat(copy.redis().user()).isNull();
    assertThat(copy.origin("job.parallelism")).isEqualTo("f:1");
    assertThat(copy.origin("job.name")).isEqualTo("override job.name");
    assertThat(config.job().name()).isEqualTo("Freshet");
    assertThat(config.with(Map.of())).isEqualTo(config).hasSameHashCodeAs(config);
    assertThat(copy).isNotEqualTo(config);
  }

  @Test
  void environmentVariablesAreReplacedInAnyValue() {
    FreshetConfig config =
        FreshetConfig.parse(
            "f",
            """
            kafka:
              bootstrap-servers: ${HOST}:${PORT:-9092}
              properties: {sasl.jaas.config: 'login password="${PASSWORD}";'}
            redis:
              user: ${EMPTY:-}
              password: ${PASSWORD}
              key-prefix: ${EMPTY:-fresh}
            job:
              parallelism: ${N}
              name: $${N} costs 5$
            """,
            Map.of("HOST", "broker", "PASSWORD", "a$1\\b: #c", "EMPTY", "", "N", "4"),
            Map.of());

    assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
    assertThat(config.kafka().clientProperties())
        .containsEntry("sasl.jaas.config", "login password=\"a$1\\b: #c\";");
    assertThat(config.redis().user()).isNull();
    assertThat(config.redis().password()).isEqualTo(new Secret("a$1\\b: #c"));
    assertThat(config.redis().keyPrefix()).isEqualTo("fresh");
    assertThat(config.job()).isEqualTo(new JobConfig(4, "${N} costs 5$"));
  }

  @Test
  void secretsAreNotPrinted() {
    FreshetConfig config =
        parse(
            """
            kafka: {properties: {ssl.key.password: hunter2}}
            redis: {password: hunter2}
            """);

    assertThat(config.toString()).doesNotContain("hunter2").contains("password=****");
  }

  @Test
  void noErrorShowsWhatAVariableHoldsOrWhatASecretIs() {
    String yaml =
        """
        kafka:
          bootstrap-servers: ${SECRET}
          properties: {ssl.key.password: [hunter2], linger.ms: hunter2, acks: "${SECRET}"}
        redis:
          address: ${SECRET}
          password: {hunter2: hunter2}
          database: ${SECRET}
          key-prefix: ${SECRET}
          timeout: ${SECRET}
        topics: {user-actions: "${SECRET}"}
        time: {mode: "${SECRET}"}
        checkpoints: {directory: "${SECRET}", enabled: "${SECRET}"}
        """;
    assertThatThrownBy(() -> FreshetConfig.parse("f", yaml, Map.of("SECRET", "hunter2 "), Map.of()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.problems()).hasSize(13).noneMatch(p -> p.contains("hunter2")));
    for (String syntax :
        List.of("*hunter2", "!hunter2 x", "!!hunter2 x", "\"hunter2", "!a!hunter2 x")) {
      assertThatThrownBy(() -> parse("redis:\n  password: " + syntax + "\n"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageMatching("(?s).*(f:2:|begins in line 2).*")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void sectionsTravelToOperators() throws Exception {
    FreshetConfig config =
        FreshetConfig.of(
            Map.of(
                "redis.password", "p",
                "kafka.properties.client.rack", "r",
                "model.file", "m",
                "checkpoints.directory", "file:///c"));
    Record sections = config.sections();
    for (RecordComponent component : sections.getClass().getRecordComponents()) {
      component.getAccessor().setAccessible(true);
      Object section = component.getAccessor().invoke(sections);
      assertThat(section).isInstanceOf(Serializable.class);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
        output.writeObject(section);
      }
      try (ObjectInputStream input =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        assertThat(input.readObject()).isEqualTo(section);
      }
    }
  }

  @Test
  void aMapIsACopyThatCannotBeChanged() {
    Map<String, Integer> sources = sources(FreshetConfig.defaults());

    assertThatThrownBy(() -> sources.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void anOverrideAddsAPlacementWithDefaultsAndAFileReplacesThem() {
    FreshetConfig config =
        FreshetConfig.of(Map.of("ranking.placements.similar.actions", "view, click"));
    assertThat(config.ranking().placements().keySet()).containsExactly("home", "similar");
    assertThat(config.ranking().placements().get("similar").actions())
        .containsExactly("view", "click");
    assertThat(config.ranking().firstPlacement()).isEqualTo("home");
    assertThat(config.with(Map.of("job.name", "x")).ranking()).isEqualTo(config.ranking());
    assertThat(
            parse("ranking: {placements: {a: , b: {list-size: 3}}}")
                .ranking()
                .placements()
                .keySet())
        .containsExactly("a", "b");
  }

  private static Map<String, Integer> sources(FreshetConfig config) {
    return config.ranking().placements().get("home").sources();
  }

  private static FreshetConfig parse(String yaml) {
    return FreshetConfig.parse("f", yaml, Map.of(), Map.of());
  }

  @Test
  void watermarksAreFrequentWhereAnswersWaitForThem() {
    assertThat(FreshetConfig.defaults().watermark().everyInterval()).hasMillis(1);
    assertThat(interval(Map.of("watermark.max-delay", "0ms"))).hasMillis(50);
    assertThat(interval(Map.of("watermark.max-delay", "0ms", "watermark.interval", "7ms")))
        .hasMillis(7);
  }

  private static Duration interval(Map<String, String> keys) {
    return FreshetConfig.of(keys).watermark().everyInterval();
  }
}
