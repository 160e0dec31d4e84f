package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.model.ModelControl;
import dev.freshet.client.shopper.BackgroundWork;
import dev.freshet.client.shopper.DemoStatistics;
import dev.freshet.client.shopper.ShopperTraffic;
import dev.freshet.client.shopper.Shoppers;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.EmbeddedFlink;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankingExample;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.protocol.model.RankingModel;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ExplainedItem;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Models are swapped, shadowed, split and refused while shoppers act. All of it happens once,
 * before the tests, which look at what has come of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ModelSwapITCase {

  private static final Duration DEADLINE = Duration.ofSeconds(120);
  private static final String MODEL = "default";
  private static final String HOME = "home";
  private static final String SHELF = "shelf";

  private static final int ACTIONS_PER_SECOND = 300;
  private static final int VERSIONS = 12;
  private static final int SWAPS = 32;
  private static final long MILLIS_BETWEEN_SWAPS = 400;

  /** Long, so that no action is late on a busy machine: late ones are not exact. */
  private static final long MAX_DELAY_MILLIS = 5_000;

  /** Between writing a step and its time: a busy machine may take long to load a model. */
  private static final long LEAD_MILLIS = 5_000;

  private static final long LONG_STEP_MILLIS = 2_500;

  private EmbeddedStack stack;
  private FreshetConfig config;
  private EmbeddedFlink.Job job;
  private ModelControl control;
  private final Map<String, ModelBundle> models = new HashMap<>();
  private ModelBundle first;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** When the shadow begins, the split, the step of one version again, and that of a bad one. */
  private long shadowFrom;

  private long splitFrom;
  private long plainFrom;
  private long badFrom;

  private ServingPlan plan = ServingPlan.empty(MODEL);
  private OptionalDouble notReadyAtEnd;
  private List<UserAction> actions;
  private List<Recommendation> recommendations;
  private List<Recommendation> shadows;
  private List<Explanation> explanations;
  private List<DeadLetter> letters;

  @BeforeAll
  void swapModelsUnderLoad() throws Exception {
    stack = EmbeddedStack.start(2, part -> {});
    config =
        FreshetConfig.of(
            Map.ofEntries(
                Map.entry("kafka.bootstrap-servers", stack.kafka()),
                Map.entry("redis.address", stack.redis()),
                Map.entry("watermark.max-delay", MAX_DELAY_MILLIS + "ms"),
                Map.entry("job.parallelism", "2"),
                Map.entry("ranking.explanations", "true"),
                // Short lists of few candidates: it is the swaps that are looked at.
                Map.entry("ranking.placements.home.list-size", "8"),
                Map.entry("ranking.placements.home.max-candidates", "40"),
                Map.entry("ranking.placements.shelf.list-size", "3"),
                Map.entry("ranking.placements.shelf.max-candidates", "10"),
                Map.entry("ranking.placements.shelf.model", Placement.NO_MODEL),
                Map.entry("checkpoints.interval", "2s")));
    stack.createTopics(config);
    first = RankingModel.load(config, StoreFeatures.of(BundledCatalog.of(config)));
    control = new ModelControl(config, BundledCatalog.of(config), Clock.systemUTC());
    for (int version = 0; version < VERSIONS; version++) {
      publish("v" + version);
    }
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    job = stack.flink().submit(env);
    job.awaitRunning();
    Shoppers shoppers =
        new Shoppers(
            new Shoppers.Settings(7, 400, 300, ACTIONS_PER_SECOND), System.currentTimeMillis());
    DemoStatistics statistics = new DemoStatistics(System.nanoTime(), OptionalDouble::empty);
    BackgroundWork work = new BackgroundWork();
    try (ShopperTraffic traffic =
        new ShopperTraffic(
            shoppers, KafkaConnection.plain(stack.kafka()), config.topics(), statistics)) {
      traffic.publishCatalog();
      work.start("shoppers", () -> traffic.act(work::running));
      work.start("recommendations", () -> traffic.watch(work::running));
      swap();
      work.stop();
    }
    work.check("The shoppers stopped early.");
    read();
  }

  private void swap() throws Exception {
    try (AvroTopicWriter writer = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0)) {
      long from = 0;
      for (int swap = 0; swap < SWAPS; swap++) {
        awaitTime(from + MILLIS_BETWEEN_SWAPS - LEAD_MILLIS);
        from = System.currentTimeMillis() + LEAD_MILLIS;
        write(writer, plan.then(Step.of(from, "v" + swap % VERSIONS)));
        if (swap == SWAPS / 2) {
          sendBadModels(writer);
        }
      }
      shadowFrom = from + MILLIS_BETWEEN_SWAPS;
      splitFrom = shadowFrom + LONG_STEP_MILLIS;
      plainFrom = splitFrom + LONG_STEP_MILLIS;
      badFrom = plainFrom + LONG_STEP_MILLIS;
      List<Variant> split =
          List.of(new Variant("v5", "v5", 2_000), new Variant("rest", "v4", 8_000));
      write(
          writer,
          plan.then(Step.of(shadowFrom, "v4").withShadows(List.of("v3")))
              .then(new Step(splitFrom, split, List.of("v3")))
              .then(Step.of(plainFrom, "v6")));
      // As somebody might who writes to the topic without asking.
      write(writer, plan.then(Step.of(badFrom, "nan")));
      // Lists of that step come so much later.
      awaitTime(badFrom + MAX_DELAY_MILLIS + LONG_STEP_MILLIS);
      notReadyAtEnd = job.metric(RankOperator.NAME, "models_not_ready");
    }
  }

  private void write(AvroTopicWriter writer, ServingPlan changed) {
    plan = changed;
    writer.send(
        config.topics().models(),
        ModelKeys.plan(MODEL),
        -1,
        new ModelRecord(ModelPlans.record(plan, null, "", Instant.now())));
    writer.flush();
  }

  private static void awaitTime(long time) {
    await(() -> System.currentTimeMillis() >= time);
  }

  private static byte[] onnx(String version, List<String> features) {
    MlpRanker ranker = new MlpRanker(features.size(), new int[] {8}, version.hashCode());
    float[] rows = new float[100 * features.size()];
    SplittableRandom random = new SplittableRandom(version.hashCode());
    for (int value = 0; value < rows.length; value++) {
      rows[value] = (float) random.nextDouble(0, 3);
    }
    ranker.observe(new RankingExample(rows, 100, new float[100]));
    return OnnxExport.toOnnx(
        ranker, new ModelMetadata(MODEL, version, features, Optional.empty(), new TreeMap<>()));
  }

  private void publish(String version) throws ModelRejectedException {
    ModelBundle model = ModelBundle.of(onnx(version, RankingFeatures.NAMES));
    assertThat(control.publish(model)).isEqualTo(ModelControl.Publication.PUBLISHED);
    models.put(version, model);
  }

  /** As another writer might, who checks nothing. */
  private void sendBadModels(AvroTopicWriter writer)
      throws InvalidProtocolBufferException, NoSuchAlgorithmException {
    byte[] good = onnx("truncated", RankingFeatures.NAMES);
    byte[] corrupt = onnx("corrupt", RankingFeatures.NAMES);
    Arrays.fill(corrupt, corrupt.length / 4, corrupt.length / 2, (byte) 0xa5);
    ModelProto.Builder nan = ModelProto.parseFrom(onnx("nan", RankingFeatures.NAMES)).toBuilder();
    var biases =
        nan.getGraphBuilder().getInitializerBuilderList().stream()
            .filter(each -> each.getName().equals("biases_1"))
            .findFirst()
            .orElseThrow();
    ByteBuffer notANumber = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    biases.setRawData(ByteString.copyFrom(notANumber.putFloat(0, Float.NaN)));
    List<String> unheardOf = List.of("sources", "moon_phase");
    send(writer, "corrupt", corrupt, RankingFeatures.NAMES);
    send(writer, "truncated", Arrays.copyOf(good, good.length / 2), RankingFeatures.NAMES);
    send(writer, "wrong-feature", onnx("wrong-feature", unheardOf), unheardOf);
    send(writer, "nan", nan.build().toByteArray(), RankingFeatures.NAMES);
    writer.flush();
  }

  private void send(AvroTopicWriter writer, String version, byte[] onnx, List<String> features)
      throws NoSuchAlgorithmException {
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(onnx);
    ModelRecord record =
        new ModelRecord(
            ModelRelease.newBuilder()
                .setName(MODEL)
                .setVersion(version)
                .setSha256(HexFormat.of().formatHex(sha256))
                .setOnnx(ByteBuffer.wrap(onnx))
                .setFeatureNames(features)
                .setLineage(Map.of())
                .setPublishedTime(Instant.now())
                .build());
    writer.send(config.topics().models(), ModelKeys.of(record), -1, record);
  }

  private void read() throws IOException {
    actions = all(config.topics().userActions(), UserAction.class);
    int lists = 2 * actions.size();
    await(() -> size(config.topics().recommendations(), Recommendation.class) >= lists);
    await(() -> size(config.topics().explanations(), Explanation.class) >= lists);
    recommendations = all(config.topics().recommendations(), Recommendation.class);
    explanations = all(config.topics().explanations(), Explanation.class);
    shadows = all(config.topics().shadowRecommendations(), Recommendation.class);
    letters = all(config.topics().deadLetters(), DeadLetter.class);
  }

  private <A extends SpecificRecordBase> long size(String topic, Class<A> type) {
    try (AvroTopicReader<A> reader =
        new AvroTopicReader<>(KafkaConnection.plain(stack.kafka()), topic, type)) {
      return reader.size();
    }
  }

  private <A extends SpecificRecordBase> List<A> all(String topic, Class<A> type)
      throws IOException {
    List<A> all = new ArrayList<>();
    try (AvroTopicReader<A> reader =
        new AvroTopicReader<>(KafkaConnection.plain(stack.kafka()), topic, type)) {
      reader.readToEnd(all::add);
    }
    return all;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }

  @AfterAll
  void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  private List<Recommendation> ofPlacement(String placement) {
    return recommendations.stream().filter(list -> list.getPlacement().equals(placement)).toList();
  }

  private List<Recommendation> home(long from, long until) {
    return ofPlacement(HOME).stream()
        .filter(list -> list.getEventTime().toEpochMilli() >= from)
        .filter(list -> list.getEventTime().toEpochMilli() < until)
        .filter(list -> !list.getLate())
        .toList();
  }

  @Test
  void everyActionHasExactlyOneListForEachPlacement() {
    assertThat(actions).hasSizeGreaterThan(ACTIONS_PER_SECOND * 15);
    Set<String> expected =
        actions.stream()
            .flatMap(
                action ->
                    List.of(HOME, SHELF).stream()
                        .map(placement -> action.getEventId() + " " + placement))
            .collect(Collectors.toSet());
    assertThat(recommendations)
        .extracting(list -> list.getEventId() + " " + list.getPlacement())
        .doesNotHaveDuplicates()
        .hasSize(expected.size())
        .allMatch(expected::contains);
    assertThat(recommendations)
        .extracting(Recommendation::getRecommendationId)
        .doesNotHaveDuplicates();
  }

  @Test
  void theVersionOfAListIsThatOfThePlanAtItsEventTime() {
    List<Recommendation> lists = home(Long.MIN_VALUE, badFrom);
    // Late lists are not exact, and a machine that can't keep up has many.
    assertThat(lists.size())
        .as("lists of actions that weren't late, of %d".formatted(actions.size()))
        .isGreaterThan(actions.size() / 10);
    Map<String, Long> served = new TreeMap<>();
    for (Recommendation list : lists) {
      Optional<ServingPlan.Step> step = plan.stepAt(list.getEventTime().toEpochMilli());
      String expected =
          step.map(one -> plan.variantOf(one, list.getUser()).version()).orElse(first.version());
      assertThat(list.getModelVersion()).as(list.toString()).isEqualTo(expected);
      assertThat(list.getModel()).isEqualTo(MODEL);
      served.merge(expected, 1L, Long::sum);
    }
    assertThat(served.keySet()).containsAll(models.keySet()).contains(first.version());
    assertThat(plan.steps()).hasSizeGreaterThanOrEqualTo(SWAPS);
    // Not ready was a model only for lists of the bad step, and for those that came so late that
    // the
    // version of their time was unloaded. Read at the end: a metric is seconds behind.
    long late = ofPlacement(HOME).stream().filter(Recommendation::getLate).count();
    assertThat(notReadyAtEnd.orElseThrow())
        .isLessThanOrEqualTo(late + home(badFrom, Long.MAX_VALUE).size());
  }

  @Test
  void everyListIsScoredByExactlyItsVersion() throws Exception {
    Map<String, Recommendation> byId = new HashMap<>();
    recommendations.forEach(list -> byId.put(list.getRecommendationId(), list));
    Map<String, OnnxScorer> scorers = new HashMap<>();
    int others = 0;
    try {
      models.forEach((version, model) -> scorers.put(version, new OnnxScorer(model)));
      scorers.put(first.version(), new OnnxScorer(first));
      assertThat(explanations).hasSameSizeAs(recommendations);
      for (Explanation explanation : explanations) {
        Recommendation list = byId.get(explanation.getRecommendationId());
        assertThat(explanation.getModelVersion()).isEqualTo(list.getModelVersion());
        assertThat(explanation.getItems())
            .extracting(ExplainedItem::getScore)
            .containsExactlyElementsOf(scores(list));
        if (!list.getModel().equals(Placement.NO_MODEL)) {
          assertThat(rescored(explanation, scorers.get(list.getModelVersion())))
              .as(list.toString())
              .containsExactlyElementsOf(scores(list));
          String other = list.getModelVersion().equals("v0") ? "v1" : "v0";
          if (!rescored(explanation, scorers.get(other)).equals(scores(list))) {
            others++;
          }
        }
      }
    } finally {
      scorers.values().forEach(OnnxScorer::close);
    }
    assertThat(others)
        .as("another version gives other scores")
        .isGreaterThan(ofPlacement(HOME).size() * 9 / 10);
  }

  private static List<Float> scores(Recommendation list) {
    return list.getItems().stream().map(RankedItem::getScore).toList();
  }

  private static List<Float> rescored(Explanation explanation, OnnxScorer scorer) {
    FloatBuffer rows =
        explanation.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    int items = explanation.getItems().size();
    int width = explanation.getFeatureNames().size();
    FloatBuffer input = scorer.input(items);
    for (int item = 0; item < items; item++) {
      for (String feature : scorer.bundle().featureNames()) {
        input.put(rows.get(item * width + explanation.getFeatureNames().indexOf(feature)));
      }
    }
    FloatBuffer output = scorer.score(items);
    List<Float> scores = new ArrayList<>(items);
    for (int item = 0; item < items; item++) {
      scores.add(output.get(item));
    }
    return scores;
  }

  @Test
  void withoutAModelTheOrderOfProposalsStands() {
    assertThat(ofPlacement(SHELF))
        .allSatisfy(
            list -> {
              assertThat(list.getModel()).isEqualTo(Placement.NO_MODEL);
              assertThat(list.getModelVersion()).isEmpty();
              assertThat(list.getVariant()).isEmpty();
            });
  }

  @Test
  void aShadowScoresAlongAndIsNotServed() {
    List<Recommendation> served = home(shadowFrom, plainFrom);
    Map<String, Recommendation> byId = new HashMap<>();
    for (Recommendation shadow : shadows) {
      assertThat(shadow.getModelVersion()).isEqualTo("v3");
      assertThat(shadow.getVariant()).isEqualTo("shadow");
      assertThat(shadow.getPlacement()).isEqualTo(HOME);
      assertThat(byId.put(shadow.getRecommendationId(), shadow)).isNull();
    }
    int different = 0;
    for (Recommendation list : served) {
      assertThat(list.getModelVersion()).isNotEqualTo("v3");
      Recommendation shadow = byId.get(list.getRecommendationId());
      assertThat(shadow).as("shadow of " + list).isNotNull();
      if (!scores(shadow).equals(scores(list))) {
        different++;
      }
    }
    assertThat(different).isGreaterThan(served.size() * 9 / 10);
    assertThat(shadows).hasSizeGreaterThanOrEqualTo(served.size());
  }

  @Test
  void aSplitServesEachUserAlwaysTheSame() {
    List<Recommendation> split = home(splitFrom, plainFrom);
    Map<String, Set<String>> versions =
        split.stream()
            .collect(
                Collectors.groupingBy(
                    Recommendation::getUser,
                    Collectors.mapping(Recommendation::getModelVersion, Collectors.toSet())));
    assertThat(versions.values()).allSatisfy(each -> assertThat(each).hasSize(1));
    long tried = versions.values().stream().filter(each -> each.contains("v5")).count();
    assertThat(tried / (double) versions.size()).isBetween(0.08, 0.35);
    assertThat(split)
        .allSatisfy(
            list ->
                assertThat(list.getVariant())
                    .isEqualTo(list.getModelVersion().equals("v5") ? "v5" : "rest"));
    assertThat(home(Long.MIN_VALUE, splitFrom))
        .allSatisfy(list -> assertThat(list.getVariant()).isEmpty());
  }

  @Test
  void badModelsAreDeadLettersAndTheRunningOneServes() {
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("MODEL_REFUSED");
              assertThat(letter.getTopic()).isEqualTo(config.topics().models());
            })
        .extracting(letter -> letter.getError().substring(0, letter.getError().indexOf(':')))
        .containsExactlyInAnyOrder("NOT_ONNX", "NOT_ONNX", "UNKNOWN_FEATURE", "SCORE_NOT_FINITE");
    List<Recommendation> lists = home(badFrom, Long.MAX_VALUE);
    assertThat(lists).hasSizeGreaterThan(ACTIONS_PER_SECOND / 2);
    assertThat(lists).allMatch(list -> list.getModelVersion().equals("v6"));
    assertThat(notReadyAtEnd.orElseThrow()).isPositive();
    assertThat(freshet("models", "activate", "truncated", "--replace")).isOne();
    assertThat(err.toString()).contains("The job refuses version truncated", "NOT_ONNX");
  }

  @Test
  void aListIsExplainedByItsId() {
    Recommendation list = home(splitFrom, plainFrom).get(10);
    assertThat(freshet("explain", list.getRecommendationId())).isZero();
    assertThat(out.toString())
        .contains(list.getRecommendationId(), list.getUser(), HOME)
        .contains("%s %s (variant %s)".formatted(MODEL, list.getModelVersion(), list.getVariant()))
        .contains("1. " + list.getItems().get(0).getItem())
        .contains(String.valueOf(list.getItems().get(0).getScore()))
        .contains("every score is the same to the last digit");
    Recommendation old = home(Long.MIN_VALUE, plan.steps().get(0).from()).get(10);
    assertThat(freshet("explain", old.getRecommendationId())).isZero();
    assertThat(out.toString()).contains("scored by       default " + first.version() + ",");
  }

  @Test
  void theLastListOfAUserIsExplained() {
    Recommendation last = recommendations.get(recommendations.size() - 1);
    assertThat(freshet("explain", "--user", last.getUser())).isZero();
    Instant newest =
        recommendations.stream()
            .filter(list -> list.getUser().equals(last.getUser()))
            .map(Recommendation::getEventTime)
            .max(Instant::compareTo)
            .orElseThrow();
    assertThat(out.toString()).contains(newest.toString());
  }

  @Test
  void aListWithoutAModelIsExplained() {
    assertThat(freshet("explain", ofPlacement(SHELF).get(500).getRecommendationId())).isZero();
    assertThat(out.toString()).contains("No model scores this placement");
  }

  @Test
  void aListThatIsNotThereIsNotExplained() {
    assertThat(freshet("explain", "no-such-id")).isEqualTo(3);
    assertThat(err.toString()).contains("explains no list no-such-id", "ranking.explanations");
    assertThat(freshet("explain", "--user", "nobody")).isEqualTo(3);
    assertThat(err.toString()).contains("explains no list of user nobody");
    assertThat(freshet("explain")).isOne();
    assertThat(err.toString()).contains("Give either the id of a recommendation, or --user");
  }

  @Test
  void thePlanIsListedAndChanged() {
    assertThat(freshet("models", "list")).isZero();
    assertThat(out.toString())
        .contains("Model default: %d versions".formatted(VERSIONS + 4))
        .containsPattern("past +\\S+Z +v5 20%, v4 80% +v3")
        .containsPattern("\\S+Z +nan ");
    assertThat(freshet("models", "activate", "v7", "--in", "1h", "--reason", "at last")).isZero();
    assertThat(out.toString()).containsPattern("> next +\\S+Z +v7 .+ at last");
  }

  private int freshet(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kafka", stack.kafka()));
    return Freshet.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
