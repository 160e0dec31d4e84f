package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.shopper.RecordedTraffic;
import dev.freshet.config.FreshetConfig;
import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.replay.compare.ReplayComparison;
import dev.freshet.replay.judge.AcceptedActions;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Adversity;
import dev.freshet.replay.run.JobRunner;
import dev.freshet.replay.run.JobRunner.ReplayJob;
import dev.freshet.replay.run.Replay;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import dev.freshet.yaml.ConfigurationException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on real Kafka, Redis and Flink: the invariants that only show end to end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ReplayITCase {

  private static final int ACTIONS = 6_000;

  @TempDir private static Path folder;
  private EmbeddedStack stack;
  private Path catalog;
  private Recording recording;
  private ReplaySummary reference;
  private int runs;

  @BeforeAll
  void startAndReplayOnce() throws Exception {
    TrustedSchemas.register();
    stack = EmbeddedStack.start(6, part -> {});
    catalog = Files.writeString(folder.resolve("catalog.yaml"), catalogOfEveryType());
    recording = record("short", 7, ACTIONS);
    reference = replay(recording, Map.of("training.examples", "true"));
  }

  @AfterAll
  void stop() {
    stack.close();
  }

  @Test
  void everyActionIsAnsweredOnce() {
    assertThat(reference.actions()).isEqualTo(ACTIONS);
    assertThat(reference.recommendations()).isEqualTo(ACTIONS);
    assertThat(reference.deadLetters()).isZero();
    assertThat(reference.duplicates()).isZero();
    assertThat(reference.late()).isZero();
    assertThat(reference.conflictingRecommendations()).isZero();
  }

  @Test
  void recommendationsAreMuchBetterThanChance() {
    // 3,000 items: a list of 10 at random hits once in 300.
    assertThat(reference.quality().value(RankMetric.HIT_RATE_10)).isGreaterThan(0.1);
  }

  @Test
  void theSameEventsGiveTheSameAnswerAtAnyParallelism() throws Exception {
    for (String parallelism : List.of("1", "2", "6")) {
      assertSameAsReference(replay(recording, Map.of("job.parallelism", parallelism)));
    }
  }

  @Test
  void theJobsOwnEvaluationIsThatOfTheFiles() throws Exception {
    List<Evaluation> one = ownEvaluation(Map.of("job.parallelism", "1"), false);
    List<Evaluation> four = ownEvaluation(Map.of("job.parallelism", "4"), false);
    assertThat(four).hasSizeGreaterThan(1).containsExactlyInAnyOrderElementsOf(one);
  }

  @Test
  void theJobsOwnEvaluationByNewItemsAloneIsThatOfTheFiles() throws Exception {
    ownEvaluation(Map.of("evaluation.exclude-seen", "true", "ranking.seen-items", "10000"), true);
  }

  /** The job's own summary, which is that of the files. */
  private List<Evaluation> ownEvaluation(Map<String, String> overrides, boolean excludeSeen)
      throws Exception {
    FreshetConfig config = config(overrides);
    Quality judged =
        new Replay(
                config,
                new EmbeddedJobRunner(stack.flink()),
                folder.resolve("own"),
                new Judging("home", 0, Judging.Lists.NEXT, excludeSeen))
            .run(recording, Replay.Progress.SILENT)
            .evaluation()
            .placement("home")
            .overall();
    List<Evaluation> windows =
        all(config.topics().evaluation(), Evaluation.class).stream()
            .filter(window -> window.getPlacement().equals("home"))
            .toList();
    long tests = 0;
    long hits = 0;
    double reciprocal = 0;
    double reciprocal20 = 0;
    for (Evaluation window : windows) {
      tests += window.getTests();
      hits += window.getRanks().subList(0, 10).stream().mapToLong(Long::longValue).sum();
      reciprocal += window.getMrr10() * window.getTests();
      reciprocal20 += window.getMrr20() * window.getTests();
    }
    assertThat(tests).isEqualTo(judged.tests());
    assertThat((double) hits / tests).isEqualTo(judged.value(RankMetric.HIT_RATE_10));
    assertThat(reciprocal / tests).isCloseTo(judged.value(RankMetric.MRR_10), within(1e-9));
    assertThat(reciprocal20 / tests).isCloseTo(judged.value(RankMetric.MRR_20), within(1e-9));

    Map<String, Recommendation> answers = new HashMap<>();
    all(config.topics().recommendations(), Recommendation.class)
        .forEach(list -> answers.put(list.getEventId(), list));
    NaiveEvaluation naive =
        new NaiveEvaluation(config.evaluation().window().toMillis(), excludeSeen);
    for (UserAction action : new AcceptedActions(recording.actions(), any -> true)) {
      naive.add(action, answers.get(action.getEventId()));
    }
    naive.assertSame(windows);
    return windows;
  }

  private <A extends SpecificRecordBase> List<A> all(String topic, Class<A> type)
      throws IOException {
    List<A> records = new ArrayList<>();
    try (AvroTopicReader<A> reader =
        new AvroTopicReader<>(KafkaConnection.plain(stack.kafka()), topic, type)) {
      reader.readToEnd(records::add);
    }
    return records;
  }

  @Test
  void disorderWithinTheDelayAndRepetitionsChangeNothing() throws Exception {
    ReplaySummary summary =
        replay(
            recording,
            Map.of("watermark.max-delay", "5s", "job.parallelism", "2"),
            new Adversity(0.5, 2, false));
    assertSameAsReference(summary);
    assertThat(summary.duplicates()).isEqualTo(ACTIONS);
  }

  @Test
  void aCrashInTheMiddleChangesNothing() throws Exception {
    // Long enough that there is a middle: several checkpoints before the end.
    Recording longer = record("long", 8, 40_000);
    ReplaySummary unbroken = replay(longer, Map.of("job.parallelism", "2"));
    ReplaySummary broken =
        replay(
            longer,
            Map.of("checkpoints.interval", "50ms", "job.parallelism", "2"),
            new Adversity(0, 1, true));
    assertSame(broken, unbroken);
  }

  @Test
  void exactlyOnceDeliversEachRecommendationOnce() throws Exception {
    ReplaySummary summary =
        replay(recording, Map.of("sink.delivery", "exactly-once", "checkpoints.interval", "200ms"));
    assertSameAsReference(summary);
    assertThat(summary.repeatedRecommendations()).isZero();
  }

  @Test
  void everyBadRecordIsADeadLetterAndEveryGoodOneIsAnswered() throws Exception {
    FreshetConfig config = config(Map.of());
    UserAction good = recording.actions().iterator().next();
    List<byte[]> garbage =
        List.of(
            new byte[0],
            "not avro".getBytes(StandardCharsets.UTF_8),
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
    try (AvroTopicWriter kafka = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 5)) {
      for (byte[] bytes : garbage) {
        kafka.send(config.topics().userActions(), null, -1, bytes);
      }
      send(kafka, config, UserAction.newBuilder(good).setEventId("no-user").setUser("").build());
      send(kafka, config, UserAction.newBuilder(good).setEventId("").build());
      send(
          kafka,
          config,
          UserAction.newBuilder(good).setEventId("large").setItem("x".repeat(1 << 20)).build());
      send(
          kafka,
          config,
          UserAction.newBuilder(good)
              .setEventId("old")
              .setEventTime(Instant.ofEpochMilli(12))
              .build());
      send(
          kafka,
          config,
          UserAction.newBuilder(good)
              .setEventId("future")
              .setEventTime(Instant.parse("9999-12-31T23:59:59Z"))
              .build());
      kafka.flush();
    }
    Replay replay =
        new Replay(
            config,
            new EmbeddedJobRunner(stack.flink()),
            folder.resolve("garbage"),
            Judging.next("home", 0.2));
    ReplaySummary summary = replay.run(recording, Replay.Progress.SILENT);
    assertThat(summary.recommendationsSha256()).isEqualTo(reference.recommendationsSha256());
    assertThat(summary.deadLettersByReason())
        .isEqualTo(
            Map.of(
                "NOT_AVRO", 3L,
                "EMPTY_ID", 2L,
                "ID_TOO_LONG", 1L,
                "TIME_TOO_EARLY", 1L,
                "TIME_IN_FUTURE", 1L));
    List<DeadLetter> letters = new ArrayList<>();
    try (AvroTopicReader<DeadLetter> reader =
        new AvroTopicReader<>(
            KafkaConnection.plain(stack.kafka()),
            config.topics().deadLetters(),
            DeadLetter.class)) {
      reader.readToEnd(letters::add);
    }
    assertThat(letters)
        .allSatisfy(
            letter -> assertThat(letter.getTopic()).isEqualTo(config.topics().userActions()))
        .anySatisfy(
            letter ->
                assertThat(letter.getValue().array())
                    .isEqualTo("not avro".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void filesAreWrittenAsTheSummarySays() throws Exception {
    Path out = folder.resolve("out-1");
    assertThat(out.resolve("recommendations.avro")).isNotEmptyFile();
    assertThat(out.resolve("summary.json"))
        .content()
        .contains("\"recommendations_sha256\" : \"" + reference.recommendationsSha256() + "\"");
    List<String> lines = Files.readAllLines(out.resolve("features.jsonl"));
    assertThat(lines).isSorted().anyMatch(line -> line.startsWith("{\"entity\":\"user\""));
  }

  @Test
  void theReportTellsWhatTheSummaryAndTheTestsSay() throws Exception {
    Path out = folder.resolve("out-1");
    JsonNode home =
        new ObjectMapper()
            .readTree(out.resolve("summary.json").toFile())
            .at("/evaluation/placements/home");
    assertThat(home.get("tests").asLong()).isEqualTo(reference.quality().tests());
    assertThat(home.at("/metrics/hit_rate@10/value").asDouble())
        .isCloseTo(reference.quality().value(RankMetric.HIT_RATE_10), within(1e-12));
    assertThat(home.at("/models/0/model").asText()).endsWith(reference.modelVersion());
    assertThat(home.get("lists").asInt()).isEqualTo(ACTIONS - ACTIONS / 5);

    List<String> tests;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(out.resolve("judged.csv.gz"))),
                StandardCharsets.UTF_8))) {
      tests = reader.lines().skip(1).toList();
    }
    assertThat(tests.stream().filter(test -> test.endsWith(",0")).count())
        .isEqualTo(reference.quality().tests());

    assertThat(out.resolve("report.html"))
        .content()
        .contains(reference.recommendationsSha256())
        .contains("Reliability diagram", "Fall of MRR by feature", "Time to score a list")
        .contains(
            String.format(Locale.ROOT, "%.4f", reference.quality().value(RankMetric.HIT_RATE_10)))
        .doesNotContain("--examples");
  }

  @Test
  void aReplayComparedWithItselfAtAnotherParallelismDoesNotDiffer() throws Exception {
    replay(recording, Map.of("job.parallelism", "2"));
    Path again = folder.resolve("out-" + runs);
    ReplayComparison comparison = ReplayComparison.of(folder.resolve("out-1"), again);
    assertThat(comparison.notComparable()).isEmpty();
    assertThat(comparison.placements().get(0).tests()).isEqualTo((int) reference.quality().tests());
    assertThat(comparison.placements().get(0).metrics())
        .allSatisfy(metric -> assertThat(metric.difference()).isEqualTo(new Estimate(0, 0, 0)));
    assertThat(again.resolve("judged.csv.gz"))
        .hasSameBinaryContentAs(folder.resolve("out-1").resolve("judged.csv.gz"));
  }

  @Test
  void aMissingTopicIsToldWithWhatToDo() {
    FreshetConfig config =
        FreshetConfig.of(
            Map.of("kafka.bootstrap-servers", stack.kafka(), "topics.user-actions", "nowhere"));
    JobRunner runner = new EmbeddedJobRunner(stack.flink());
    assertThatThrownBy(
            () -> runner.start(new ReplayJob(config, Optional.empty()), Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("override topics.user-actions")
        .hasMessageContaining("no topic 'nowhere'")
        .hasMessageContaining("--create --topic nowhere");
  }

  /** The bundled catalog, and what it has no example of. */
  private static String catalogOfEveryType() throws IOException {
    try (InputStream bundled =
        ReplayITCase.class.getResourceAsStream("/features/default-catalog.yaml")) {
      return new String(bundled.readAllBytes(), StandardCharsets.UTF_8)
          + """
            - {name: actions_10m, entity: user_item, type: count, window: 10m, ttl: 1h,
               description: Actions of the user on the item lately}
            - {name: since_view, entity: user_item, type: time-since, actions: [view], ttl: 1h,
               description: Milliseconds since the user viewed the item}
            - {name: spent_1d, entity: user, type: sum, of: value, window: 1d,
               description: What the day's purchases cost}
            - {name: dearest, entity: user, type: max, of: item.price_eur, description: The dearest item}
            - {name: cheapest, entity: user, type: min, of: item.price_eur, window: 2h,
               description: The cheapest item}
            - {name: devices, entity: user, type: top-k, of: context.device, size: 2,
               description: The user's devices}
            - {name: brand, entity: item, type: attribute, of: item.brand, as: one-hot,
               values: [Acme, Nordic], other: true, description: The item's brand}
            - {name: popular, entity: global, type: popularity-rank, of: item, half-life: 1h, size: 20,
               description: The most popular items}
          """;
    }
  }

  private static Recording record(String name, long seed, int actions) throws Exception {
    RecordedTraffic traffic =
        RecordedTraffic.generate(
            seed, actions, Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), 50);
    Path file = folder.resolve(name + ".avro");
    traffic.writeActionsAvro(file);
    return new Recording(
        RecordedEvents.read(List.of(file), ReadOptions.defaults(), letter -> {}),
        traffic.items(),
        List.of());
  }

  private ReplaySummary replay(Recording played, Map<String, String> overrides) throws Exception {
    return replay(played, overrides, Adversity.NONE);
  }

  private ReplaySummary replay(Recording played, Map<String, String> overrides, Adversity adversity)
      throws Exception {
    FreshetConfig config = config(overrides);
    return new Replay(
            config,
            new EmbeddedJobRunner(stack.flink()),
            folder.resolve("out-" + runs),
            Judging.next("home", 0.2),
            adversity,
            Optional.empty())
        .run(played, Replay.Progress.SILENT);
  }

  /** Topics and keys of its own for each run. */
  private FreshetConfig config(Map<String, String> overrides) throws Exception {
    runs++;
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", stack.kafka());
    all.put("redis.address", stack.redis());
    all.put("redis.key-prefix", "run-" + runs);
    all.put("time.mode", "replay");
    all.put("features.catalog", catalog.toString());
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      all.put("topics." + topic, "run-" + runs + "-" + topic);
    }
    all.putAll(overrides);
    FreshetConfig config = FreshetConfig.of(all);
    stack.createTopics(config);
    return config;
  }

  private static void send(AvroTopicWriter kafka, FreshetConfig config, UserAction action) {
    kafka.send(
        config.topics().userActions(),
        action.getUser(),
        action.getEventTime().toEpochMilli(),
        action);
  }

  private static void send(AvroTopicWriter kafka, FreshetConfig config, ItemUpdate item) {
    kafka.send(
        config.topics().itemUpdates(), item.getItem(), item.getEventTime().toEpochMilli(), item);
  }

  private void assertSameAsReference(ReplaySummary summary) {
    assertSame(summary, reference);
  }

  private static void assertSame(ReplaySummary summary, ReplaySummary expected) {
    assertThat(summary.recommendations()).isEqualTo(expected.recommendations());
    assertThat(summary.conflictingRecommendations()).isZero();
    assertThat(summary.recommendationsSha256()).isEqualTo(expected.recommendationsSha256());
    assertThat(summary.featuresSha256()).isEqualTo(expected.featuresSha256());
    assertThat(summary.late()).isZero();
  }
}
