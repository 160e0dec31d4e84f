package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job as it runs live: by the wall clock, without an end, on a Redis that may fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class LiveITCase {

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private EmbeddedRedis redis;
  private EmbeddedStack stack;
  private FreshetConfig config;
  private AvroTopicWriter kafka;
  private AvroTopicReader<Recommendation> reader;
  private final Map<String, Recommendation> answers = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  void start() throws Exception {
    redis = EmbeddedRedis.start(folder);
    stack = EmbeddedStack.start(2, Optional.empty(), Optional.of(redis.address()), part -> {});
    config =
        FreshetConfig.of(
            Map.of(
                "kafka.bootstrap-servers", stack.kafka(),
                "redis.address", stack.redis(),
                "redis.timeout", "200ms",
                // Longer than a cold client takes to send, so that nothing is late by chance.
                "watermark.max-delay", "500ms",
                "job.parallelism", "2",
                "ranking.placements.shelf.actions", "",
                "checkpoints.interval", "200ms"));
    stack.createTopics(config);
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    stack.flink().submit(env).awaitRunning();
    kafka = stack.own(new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0));
    reader =
        stack.own(
            new AvroTopicReader<>(
                KafkaConnection.plain(stack.kafka()),
                config.topics().recommendations(),
                Recommendation.class));
  }

  @AfterAll
  void stop() {
    stack.close();
    redis.close();
  }

  @Test
  void actionsAreAnsweredThoughMostPartitionsAreIdle() {
    act("idle-1", "one", "lamp", Instant.now());
    act("idle-2", "one", "desk", Instant.now());
    await(() -> answers.containsKey("idle-1") && answers.containsKey("idle-2"));
    assertThat(answers.get("idle-2").getLate()).isFalse();
    // Whoever comes next to the lamp hears of the desk.
    act("idle-3", "two", "lamp", Instant.now());
    await(() -> answers.containsKey("idle-3"));
    assertThat(answers.get("idle-3").getItems()).anyMatch(item -> item.getItem().equals("desk"));
  }

  @Test
  void aLateActionIsAnsweredAndMarked() {
    act("late-0", "three", "lamp", Instant.now());
    await(() -> answers.containsKey("late-0"));
    act("late-1", "three", "chair", Instant.now().minus(Duration.ofHours(1)));
    await(() -> answers.containsKey("late-1"));
    assertThat(answers.get("late-1").getLate()).isTrue();
  }

  @Test
  void withoutRedisRankingGoesOnAndNothingIsLost() throws Exception {
    act("redis-0", "four", "lamp", Instant.now());
    await(() -> actionsInStore("four") == 1);
    redis.stop();
    for (int i = 1; i <= 20; i++) {
      act("redis-" + i, "four", "item-" + i, Instant.now());
    }
    await(() -> answers.containsKey("redis-20"));
    redis.restart();
    await(() -> actionsInStore("four") == 21);
  }

  @Test
  void aBadModelIsADeadLetterAndRankingGoesOn() throws Exception {
    kafka.send(config.topics().models(), "release/default/7", -1, new byte[] {1, 2, 3});
    kafka.send(
        config.topics().models(),
        "plan/default",
        -1,
        new ModelRecord(
            new ModelPlan(
                "default",
                List.of(new PlanStep(Instant.EPOCH, List.of(), List.of(), "", Instant.EPOCH)),
                null)));
    kafka.send(config.topics().models(), "release/default/7", -1, (byte[]) null);
    kafka.flush();
    List<DeadLetter> letters = new ArrayList<>();
    try (AvroTopicReader<DeadLetter> deadLetters =
        new AvroTopicReader<>(
            KafkaConnection.plain(stack.kafka()),
            config.topics().deadLetters(),
            DeadLetter.class)) {
      await(
          () -> {
            poll(deadLetters, letters);
            return letters.size() >= 2;
          });
    }
    assertThat(letters)
        .extracting(DeadLetter::getReason)
        .containsExactlyInAnyOrder("NOT_AVRO", "PLAN_REFUSED");
    assertThat(letters).allMatch(letter -> letter.getTopic().equals("models"));
    act("after-bad-models", "five", "lamp", Instant.now());
    await(() -> answers.containsKey("after-bad-models"));
  }

  private static void poll(AvroTopicReader<DeadLetter> reader, List<DeadLetter> letters) {
    try {
      reader.poll(letters::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRequestIsAnsweredWithWhatHappenedBeforeIt() throws Exception {
    act("asked-0", "five", "sofa", Instant.now());
    assertThat(freshet("recommend", "five", "--placement", "home")).isZero();
    assertThat(out.toString())
        .startsWith("home for five, as of ")
        .containsPattern("answered in [0-9.]+ ms, of which [0-9]+ ms")
        .containsPattern("rank  item +score  source\n")
        .containsPattern(" 1  .+ -?[0-9]+\\.[0-9]{4}  (recent|popular|covisits|transitions)\n")
        .contains("  sofa");
    await(() -> answers.containsKey("asked-0"));
    assertThat(answers.get("asked-0").getPlacement()).isEqualTo("home");
  }

  @Test
  void aRequestSaysWhatIsLookedAtAndWhatIsToBeRanked() throws Exception {
    Path ids = Files.writeString(folder.resolve("ids.txt"), "lamp\n\n sofa \n");
    Path config = placements("shelf");
    String[] asking = {"recommend", "six", "--item", "desk", "--json", "--config", config + ""};
    assertThat(freshet(asking, "--candidates", "@" + ids)).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("placement").asText()).isEqualTo("shelf");
    assertThat(json.path("user").asText()).isEqualTo("six");

    Map<String, RecommendationRequest> requests = new HashMap<>();
    try (AvroTopicReader<RecommendationRequest> reader =
        new AvroTopicReader<>(
            KafkaConnection.plain(stack.kafka()),
            this.config.topics().recommendationRequests(),
            RecommendationRequest.class)) {
      reader.readToEnd(request -> requests.put(request.getRequestId(), request));
    }
    RecommendationRequest request = requests.get(json.path("event_id").asText());
    assertThat(request.getCandidates()).containsExactly("lamp", "sofa");
    assertThat(request.getContext()).isEqualTo(Map.of("item", "desk"));
  }

  @Test
  void whoAsksWronglyIsTold() throws Exception {
    assertThat(freshet("recommend", "one", "--placement", "hmoe")).isOne();
    assertThat(err.toString()).contains("no placement 'hmoe'").contains("Did you mean home?");
    assertThat(freshet("recommend", "one", "--candidates", ", ,")).isOne();
    assertThat(err.toString()).contains("--candidates names no item");

    Path foreign = placements("checkout");
    assertThat(freshet("recommend", "one", "--config", foreign + "")).isOne();
    assertThat(err.toString())
        .contains(
            "The job refused the request, UNKNOWN_PLACEMENT: There is no placement 'checkout'")
        .contains("There are home, shelf.");

    Path elsewhere =
        Files.writeString(
            folder.resolve("elsewhere.yaml"),
            """
            topics:
              recommendation-requests: training-examples
              training-examples: recommendation-requests
            """);
    String[] asking = {"recommend", "one", "--config", elsewhere + ""};
    assertThat(freshet(asking, "--timeout", "500ms")).isOne();
    assertThat(err.toString())
        .contains("No answer within 500ms on the topic 'recommendations' of " + stack.kafka())
        .contains("watermark_lag_ms");
  }

  @Test
  void whereNothingRunsTheWayToADemoIsTold() {
    StringWriter err = new StringWriter();
    assertThat(Freshet.commandLine().setErr(new PrintWriter(err, true)).execute("recommend", "one"))
        .isOne();
    assertThat(err.toString())
        .contains("Nothing runs on this machine")
        .contains("./freshet demo")
        .contains("--kafka HOST:PORT");
  }

  /** A configuration file with one placement. */
  private static Path placements(String name) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"), "ranking: {placements: {" + name + ": {}}}\n");
  }

  /** Runs a command on the stack, with a generous timeout unless one is given. */
  private int freshet(String... arguments) {
    return freshet(arguments, "--timeout", "60s");
  }

  private int freshet(String[] arguments, String option, String value) {
    out.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kafka", stack.kafka(), option, value));
    return Freshet.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private long actionsInStore(String user) {
    try (FeatureStore store = ConfiguredStore.of(config).open(BundledCatalog.of(config))) {
      Optional<FeatureRow> row = store.get(Entity.USER, user);
      return row.map(found -> found.at(System.currentTimeMillis()).getLong("actions"))
          .orElse(OptionalLong.empty())
          .orElse(0);
    }
  }

  private void act(String id, String user, String item, Instant time) {
    UserAction action =
        UserAction.newBuilder()
            .setEventId(id)
            .setUser(user)
            .setItem(item)
            .setAction("view")
            .setEventTime(time)
            .build();
    kafka.send(config.topics().userActions(), user, time.toEpochMilli(), action);
    kafka.flush();
  }

  /** Reads answers until the condition holds. */
  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("time, with the answers " + answers.keySet())
          .isLessThan(deadline);
      try {
        reader.poll(answer -> answers.put(answer.getEventId(), answer));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
