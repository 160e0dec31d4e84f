package dev.freshet.jobs.rank;

import static dev.freshet.jobs.TestEvents.catalog;
import static dev.freshet.jobs.TestEvents.randomActions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.event.RankUpdate;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelPool;
import dev.freshet.model.OnnxScorer;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.ranking.Placements;
import dev.freshet.ranking.PublishedModels;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.Judgement;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.RecommendationIds;
import dev.freshet.ranking.serving.RankerSettings;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close may throw anything
class RankOperatorTest {

  private static final int MAX_PARALLELISM = 16;
  private static final byte[] MODEL = TestModel.onnx();

  private Subtasks rank;

  /** All subtasks of the operator: requests by user, changes and watermarks to each. */
  private static final class Subtasks implements AutoCloseable {

    private final List<TwoInputStreamOperatorTestHarness<RankRequest, RankUpdate, Recommendation>>
        harnesses = new ArrayList<>();
    private final EventOrder order;
    private RankerSettings settings;
    private final List<Recommendation> recommendations = new ArrayList<>();
    private final List<TrainingExample> examples = new ArrayList<>();
    private final List<Judgement> judgements = new ArrayList<>();

    Subtasks(EventOrder order, RankerSettings settings) {
      this.order = order;
      this.settings = settings;
    }

    static Subtasks byWatermark() throws Exception {
      Subtasks subtasks = new Subtasks(EventOrder.BY_WATERMARK, TestModel.settings());
      subtasks.start(1);
      return subtasks;
    }

    void start(int parallelism) throws Exception {
      for (int subtask = 0; subtask < parallelism; subtask++) {
        create(parallelism, subtask).open();
      }
    }

    private TwoInputStreamOperatorTestHarness<RankRequest, RankUpdate, Recommendation> create(
        int parallelism, int subtask) throws Exception {
      RankOperator operator =
          new RankOperator(MODEL, Replicas.settings(Replicas.HALF_LIVES), settings, order);
      var harness =
          new KeyedTwoInputStreamOperatorTestHarness<
              String, RankRequest, RankUpdate, Recommendation>(
              operator,
              request -> request.user,
              null,
              Types.STRING,
              MAX_PARALLELISM,
              parallelism,
              subtask);
      harnesses.add(harness);
      return harness;
    }

    /** Replaces all subtasks by others that start with their state. */
    void restore(int parallelism) throws Exception {
      List<OperatorSubtaskState> states = new ArrayList<>();
      int before = harnesses.size();
      for (var harness : harnesses) {
        states.add(harness.snapshot(1, 1));
      }
      OperatorSubtaskState all =
          AbstractStreamOperatorTestHarness.repackageState(
              states.toArray(OperatorSubtaskState[]::new));
      close();
      harnesses.clear();
      for (int subtask = 0; subtask < parallelism; subtask++) {
        var harness = create(parallelism, subtask);
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                all, MAX_PARALLELISM, before, parallelism, subtask));
        harness.open();
      }
    }

    void request(RankRequest request) throws Exception {
      harnesses
          .get(
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  request.user, MAX_PARALLELISM, harnesses.size()))
          .processElement1(request, request.time);
    }

    void change(ItemChange change) throws Exception {
      for (var harness : harnesses) {
        harness.processElement2(RankUpdate.of(change), change.time);
      }
    }

    /** From the next restore on nobody waits for a model that is being loaded. */
    void goLive() {
      settings =
          new RankerSettings(
              settings.historyLength(),
              settings.placements(),
              settings.stored(),
              settings.training(),
              settings.sampledNegatives(),
              settings.explanations(),
              false,
              settings.settledUntil());
    }

    void model(SpecificRecord content) throws Exception {
      for (var harness : harnesses) {
        harness.processElement2(RankUpdate.of(new ModelRecord(content)), 0);
      }
    }

    void watermark(long time) throws Exception {
      for (var harness : harnesses) {
        harness.processBothWatermarks(new Watermark(time));
      }
    }

    List<Recommendation> recommendations() {
      take();
      return recommendations;
    }

    List<TrainingExample> examples() {
      take();
      return examples;
    }

    List<Judgement> judgements() {
      take();
      return judgements;
    }

    private void take() {
      for (var harness : harnesses) {
        harness.getRecordOutput().forEach(element -> recommendations.add(element.getValue()));
        harness.getOutput().clear();
        var labelled = harness.getSideOutput(RankOperator.EXAMPLES);
        if (labelled != null) {
          labelled.forEach(element -> examples.add(element.getValue()));
          labelled.clear();
        }
        var judged = harness.getSideOutput(RankOperator.JUDGEMENTS);
        if (judged != null) {
          judged.forEach(element -> judgements.add(element.getValue()));
          judged.clear();
        }
      }
    }

    @Override
    public void close() throws Exception {
      take();
      for (var harness : harnesses) {
        harness.close();
      }
    }
  }

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @AfterEach
  void close() throws Exception {
    if (rank != null) {
      rank.close();
    }
  }

  /** The usual list under two names. */
  private static RankerSettings homeAndBasket() {
    Placement home = TestModel.placement();
    Placement basket = Placements.of(home.sources()).listSize(2).named("basket");
    return TestModel.settings(home, basket);
  }

  private static RankRequest request(String eventId, String user, long time, String... recent) {
    RankRequest request = new RankRequest();
    request.eventId = eventId;
    request.user = user;
    request.placements = new String[] {"home"};
    request.time = time;
    request.item = recent.length == 0 ? null : recent[0];
    request.actionType = "view";
    request.recent = recent;
    request.recentInSession = recent.length;
    request.actions = recent.length;
    request.sessionPosition = 1;
    return request;
  }

  private static ItemChange change(String item, long time, String... before) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.shortCount = 1;
    change.longCount = 1;
    change.countTime = time;
    change.firstSeen = time;
    change.lastAction = time;
    Visit visit = new Visit();
    visit.user = FeatureEvent.hash("somebody");
    visit.before = before;
    change.visits = new Visit[] {visit};
    return change;
  }

  private static List<String> items(Recommendation recommendation) {
    return recommendation.getItems().stream().map(RankedItem::getItem).toList();
  }

  @Test
  void aRequestWaitsForTheWatermarkToPassIt() throws Exception {
    rank = Subtasks.byWatermark();
    rank.request(request("e1", "u", 10));
    rank.watermark(9);
    assertThat(rank.recommendations()).isEmpty();
    rank.watermark(10);
    assertThat(rank.recommendations()).hasSize(1);
  }

  @Test
  void aRequestIsAnsweredEvenWhenNothingIsKnown() throws Exception {
    rank = Subtasks.byWatermark();
    rank.request(request("e1", "u", 10, "a"));
    rank.watermark(10);
    Recommendation answer = rank.recommendations().get(0);
    assertThat(answer.getItems()).isEmpty();
    assertThat(answer.getEventId()).isEqualTo("e1");
    assertThat(answer.getUser()).isEqualTo("u");
    assertThat(answer.getPlacement()).isEqualTo("home");
    assertThat(answer.getEventTime()).isEqualTo(Instant.ofEpochMilli(10));
    assertThat(answer.getModelVersion()).isEqualTo(TestModel.VERSION);
    assertThat(answer.getLate()).isFalse();
  }

  @Test
  void aRequestSeesExactlyTheChangesBeforeItsTime() throws Exception {
    List<ItemChange> changes =
        List.of(change("before", 99), change("same", 100), change("after", 101));
    for (int arrivedBefore = 0; arrivedBefore <= changes.size(); arrivedBefore++) {
      try (Subtasks subtasks = Subtasks.byWatermark()) {
        for (ItemChange change : changes.subList(0, arrivedBefore)) {
          subtasks.change(change);
        }
        subtasks.request(request("e1", "u", 100));
        for (ItemChange change : changes.subList(arrivedBefore, changes.size())) {
          subtasks.change(change);
        }
        subtasks.watermark(500);
        subtasks.request(request("e2", "u", 501));
        subtasks.watermark(501);
        assertThat(items(subtasks.recommendations().get(0))).containsExactly("before");
        assertThat(items(subtasks.recommendations().get(1)))
            .containsExactlyInAnyOrder("before", "same", "after");
      }
    }
  }

  @Test
  void aChangeAtTheWatermarkItselfIsNotSeenByARequestOfThatTime() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(change("same", 100));
    rank.watermark(99);
    rank.request(request("e1", "u", 100));
    rank.watermark(100);
    rank.request(request("e2", "u", 101));
    rank.watermark(101);
    assertThat(items(rank.recommendations().get(0))).isEmpty();
    assertThat(items(rank.recommendations().get(1))).containsExactly("same");
  }

  @Test
  void aDeletedItemIsNotRecommendedUntilItComesBack() throws Exception {
    rank = Subtasks.byWatermark();
    ItemChange deleted = change("a", 20);
    deleted.deleted = true;
    deleted.visits = new Visit[0];
    ItemChange back = change("a", 40);
    back.visits = new Visit[0];
    rank.change(change("a", 10));
    rank.change(deleted);
    rank.change(back);
    rank.request(request("e1", "u", 15));
    rank.request(request("e2", "u", 30));
    rank.request(request("e3", "u", 50));
    rank.watermark(100);
    assertThat(rank.recommendations())
        .extracting(RankOperatorTest::items)
        .containsExactly(List.of("a"), List.of(), List.of("a"));
  }

  @Test
  void whatALateChangeTellsIsNotTakenBackByOneThatWasToldBeforeIt() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(change("a", 100));
    rank.change(change("b", 100));
    rank.watermark(100); // both are applied when the next watermark comes
    ItemChange late = change("a", 50);
    late.late = true;
    late.deleted = true;
    late.countTime = 100;
    late.visits = new Visit[0];
    rank.change(late);
    rank.restore(2);
    rank.request(request("e1", "u", 200));
    rank.watermark(200);
    assertThat(items(rank.recommendations().get(0))).containsExactly("b");
  }

  @Test
  void aLateRequestIsAnsweredAtOnceAndMarked() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(change("a", 10));
    rank.watermark(100);
    RankRequest late = request("e1", "u", 50);
    late.late = true;
    rank.request(late);
    assertThat(rank.recommendations()).hasSize(1);
    assertThat(rank.recommendations().get(0).getLate()).isTrue();
    assertThat(items(rank.recommendations().get(0))).containsExactly("a");
  }

  @Test
  void aVeryLateRequestGetsFiniteScores() throws Exception {
    rank = Subtasks.byWatermark();
    long now = 4_000 * Replicas.HALF_LIVES.popularityShort();
    rank.change(change("a", now - 10));
    rank.change(change("b", now - 10, "a"));
    rank.watermark(now);
    RankRequest late = request("e1", "u", 50, "a");
    late.late = true;
    rank.request(late);
    assertThat(rank.recommendations().get(0).getItems())
        .hasSize(2)
        .allSatisfy(item -> assertThat(item.getScore()).isFinite());
  }

  @Test
  void anIdFollowsFromEventUserAndPlacement() throws Exception {
    rank = new Subtasks(EventOrder.BY_WATERMARK, homeAndBasket());
    rank.start(1);
    rank.request(request("e1", "u", 10));
    rank.request(request("e1", "v", 10));
    rank.request(request("e2", "u", 10));
    RankRequest elsewhere = request("e1", "u", 10);
    elsewhere.placements = new String[] {"basket"};
    rank.request(elsewhere);
    rank.request(request("e1", "u", 10));
    rank.watermark(10);
    List<String> ids =
        rank.recommendations().stream().map(Recommendation::getRecommendationId).toList();
    assertThat(ids).hasSize(5);
    assertThat(ids.stream().distinct()).hasSize(4);
    assertThat(ids).contains("62644e2d-069c-3333-b10e-daa818cdd43f");
  }

  @Test
  void onArrivalNothingWaits() throws Exception {
    rank = new Subtasks(EventOrder.ON_ARRIVAL, TestModel.settings());
    rank.start(1);
    rank.change(change("a", 200));
    rank.request(request("e1", "u", 100));
    assertThat(rank.recommendations())
        .extracting(RankOperatorTest::items)
        .containsExactly(List.of("a"));
  }

  @Test
  void theOrderOfArrivalChangesNoBit() throws Exception {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      RecordedStream stream = randomStream(random, 150);
      Subtasks inOrder = run(stream, 1, 1, random, 0, -1);
      assertSame(run(stream, 1, 1, random, 200, -1), inOrder);
      assertSame(run(stream, 2, 2, random, 200, -1), inOrder);
    }
  }

  @Test
  void aRestoreInTheMiddleChangesNoBitAtAnyParallelism() throws Exception {
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      RecordedStream stream = randomStream(random, 120);
      Subtasks inOrder = run(stream, 1, 1, random, 0, -1);
      int total = stream.requests().size() + stream.changes().size();
      int middle = total / 4 + random.nextInt(total / 2);
      assertSame(run(stream, 1, 1, random, 200, middle), inOrder);
      assertSame(run(stream, 1, 2, random, 200, middle), inOrder);
      assertSame(run(stream, 2, 1, random, 200, middle), inOrder);
      assertSame(run(stream, 2, 3, random, 200, middle), inOrder);
    }
  }

  private static RecordedStream randomStream(Random random, int count) throws Exception {
    List<FeatureEvent> actions = randomActions(random, count, 6, 25, 1_000_000, 100);
    List<ItemEvent> catalog = new ArrayList<>();
    for (int update = 0; update < 6; update++) {
      long time = actions.get(random.nextInt(count)).time + random.nextInt(2);
      catalog.add(
          catalog("c" + update, "i" + random.nextInt(10), time, random.nextBoolean(), "x=1"));
    }
    return RecordedStream.of(actions, catalog);
  }

  private static Subtasks run(
      RecordedStream stream,
      int parallelism,
      int restoredParallelism,
      Random random,
      int delay,
      int restoreAt)
      throws Exception {
    TreeMap<Long, List<Object>> arrivals = new TreeMap<>();
    for (RankRequest request : stream.requests()) {
      arrivals
          .computeIfAbsent(arrival(request.time, delay, random), t -> new ArrayList<>())
          .add(request);
    }
    for (ItemChange change : stream.changes()) {
      arrivals
          .computeIfAbsent(arrival(change.time, delay, random), t -> new ArrayList<>())
          .add(change);
    }
    Subtasks subtasks = new Subtasks(EventOrder.BY_WATERMARK, TestModel.settings());
    try (subtasks) {
      subtasks.start(parallelism);
      int arrived = 0;
      for (var together : arrivals.entrySet()) {
        subtasks.watermark(together.getKey() - delay - 1);
        Collections.shuffle(together.getValue(), random);
        for (Object element : together.getValue()) {
          if (element instanceof RankRequest request) {
            subtasks.request(request);
          } else {
            subtasks.change((ItemChange) element);
          }
          if (++arrived == restoreAt) {
            subtasks.restore(restoredParallelism);
          }
        }
      }
      subtasks.watermark(Long.MAX_VALUE);
    }
    assertThat(subtasks.recommendations).hasSameSizeAs(stream.requests());
    return subtasks;
  }

  private static long arrival(long time, int delay, Random random) {
    return time + (delay == 0 ? 0 : random.nextInt(delay));
  }

  private static void assertSame(Subtasks actual, Subtasks expected) {
    assertThat(canonical(actual.recommendations))
        .containsExactlyElementsOf(canonical(expected.recommendations));
    Comparator<TrainingExample> order = Comparator.comparing(TrainingExample::getRecommendationId);
    assertThat(actual.examples.stream().sorted(order).toList())
        .containsExactlyElementsOf(expected.examples.stream().sorted(order).toList());
  }

  private static List<Recommendation> canonical(List<Recommendation> recommendations) {
    return recommendations.stream()
        .map(
            recommendation ->
                Recommendation.newBuilder(recommendation).setEmissionTime(Instant.EPOCH).build())
        .sorted(
            Comparator.comparing(Recommendation::getEventTime)
                .thenComparing(Recommendation::getEventId))
        .toList();
  }

  @Test
  void theRandomStreamsHaveFullListsFromAllSources() throws Exception {
    Random random = new Random(1);
    Subtasks inOrder = run(randomStream(random, 150), 1, 1, random, 0, -1);
    assertThat(inOrder.recommendations.get(149).getItems())
        .hasSize(5)
        .extracting(RankedItem::getScore)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(inOrder.recommendations.stream().flatMap(list -> list.getItems().stream()))
        .extracting(RankedItem::getSource)
        .contains("transitions", "covisits", "recent", "popular");
    assertThat(inOrder.examples).hasSizeGreaterThan(100);
  }

  @Test
  void anExampleHoldsExactlyWhatWasServedLabelledWithTheNextItem() throws Exception {
    rank = Subtasks.byWatermark();
    for (int item = 0; item < 12; item++) {
      rank.change(change("i" + item, item + 1));
    }
    rank.request(request("e1", "u", 100, "i0"));
    rank.watermark(100);
    Recommendation served = rank.recommendations().get(0);
    assertThat(rank.examples()).as("nothing was served before").isEmpty();

    String chosen = served.getItems().get(2).getItem();
    RankRequest next = request("e2", "u", 200, chosen, "i0");
    next.actionType = "purchase";
    rank.request(next);
    rank.watermark(200);
    TrainingExample example = rank.examples().get(0);

    assertThat(rank.examples()).hasSize(1);
    assertThat(example.getRecommendationId()).isEqualTo(served.getRecommendationId());
    assertThat(example.getServedTime()).isEqualTo(Instant.ofEpochMilli(100));
    assertThat(example.getLabelTime()).isEqualTo(Instant.ofEpochMilli(200));
    assertThat(example.getLabelItem()).isEqualTo(chosen);
    assertThat(example.getLabelAction()).isEqualTo("purchase");
    assertThat(example.getFeatureNames()).isEqualTo(RankingFeatures.NAMES);
    List<ExampleCandidate> listed = example.getCandidates().subList(0, 5);
    assertThat(listed)
        .extracting(ExampleCandidate::getItem)
        .containsExactlyElementsOf(items(served));
    assertThat(listed).extracting(ExampleCandidate::getPosition).containsExactly(1, 2, 3, 4, 5);
    assertThat(listed).extracting(ExampleCandidate::getPropensity).containsOnly(1f);
    assertThat(listed).extracting(ExampleCandidate::getLabel).containsExactly(0f, 0f, 1f, 0f, 0f);
    List<ExampleCandidate> sampled = example.getCandidates().subList(5, 9);
    assertThat(example.getCandidates()).hasSize(9);
    assertThat(sampled).extracting(ExampleCandidate::getPosition).containsOnly(0);
    assertThat(sampled).extracting(ExampleCandidate::getPropensity).containsOnly(4f / 6);
    assertThat(scoresOf(example))
        .as("the model gives the served scores for the remembered features")
        .containsExactlyElementsOf(
            example.getCandidates().stream().map(ExampleCandidate::getScore).toList());
  }

  @Test
  void whatWasAskedForIsLabelledInPlaceOfWhatAnEarlierActionGot() throws Exception {
    rank = Subtasks.byWatermark();
    for (int item = 0; item < 12; item++) {
      rank.change(change("i" + item, item + 1));
    }
    rank.request(request("e1", "u", 100, "i0"));
    RankRequest asking = request("r1", "u", 150, "i0");
    asking.asked = true;
    rank.request(asking);
    rank.request(request("e2", "u", 200, "i3", "i0"));
    rank.watermark(200);

    assertThat(rank.examples()).hasSize(1);
    assertThat(rank.examples().get(0).getRecommendationId())
        .isEqualTo(RecommendationIds.of("home", "u", "r1", true));
    assertThat(rank.examples().get(0).getServedTime()).isEqualTo(Instant.ofEpochMilli(150));
  }

  /** Scores the features of an example anew. */
  private static List<Float> scoresOf(TrainingExample example) throws Exception {
    FloatBuffer features =
        example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    int count = example.getCandidates().size();
    List<Float> scores = new ArrayList<>();
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(MODEL))) {
      scorer.input(count).put(features);
      FloatBuffer output = scorer.score(count);
      for (int row = 0; row < count; row++) {
        scores.add(output.get(row));
      }
    }
    return scores;
  }

  @Test
  void aJudgementTellsWhatTheListShowedAndHowNovelItWas() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(acted("a", 8));
    rank.change(acted("b", 24));
    rank.change(acted("c", 0.5));
    rank.request(request("e1", "u", 100));
    RankRequest next = request("e2", "u", 200, "b");
    next.repeated = true;
    rank.request(next);
    rank.watermark(150);
    rank.change(change("d", 160));
    rank.watermark(250);
    assertThat(rank.judgements()).hasSize(1);
    Judgement judgement = rank.judgements().get(0);
    assertThat(judgement.user).isEqualTo(FeatureEvent.hash("u"));
    assertThat(judgement.time).isEqualTo(200);
    assertThat(judgement.repeated).isTrue();
    assertThat(judgement.shown).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(judgement.shown[judgement.rank - 1]).isEqualTo("b");
    assertThat(judgement.itemsKnown).isEqualTo(4);
    // What all have faded by says nothing of a's and b's share; c counts as if it had one action.
    double faded = Math.pow(0.5, 90.0 / Replicas.HALF_LIVES.popularityLong());
    assertThat(judgement.novelty)
        .isCloseTo(
            (float) ((log2(32.5 / 8) + log2(32.5 / 24) + log2(32.5 * faded)) / 3), within(1e-5f));
  }

  private static ItemChange acted(String item, double times) {
    ItemChange change = change(item, 10);
    change.longCount = times;
    return change;
  }

  private static double log2(double number) {
    return Math.log(number) / Math.log(2);
  }

  @Test
  void anEmptyListIsJudgedAndShowsNothing() throws Exception {
    rank = Subtasks.byWatermark();
    rank.request(request("e1", "u", 100));
    rank.request(request("e2", "u", 200, "a"));
    rank.watermark(200);
    assertThat(rank.judgements()).hasSize(1);
    assertThat(rank.judgements().get(0).rank).isZero();
    assertThat(rank.judgements().get(0).shown).isEmpty();
    assertThat(rank.judgements().get(0).novelty).isNaN();
    assertThat(rank.judgements().get(0).repeated).isFalse();
  }

  @Test
  void anActionWithoutAnItemLabelsNothing() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(change("a", 10));
    rank.request(request("e1", "u", 100));
    rank.request(request("e2", "u", 200));
    rank.watermark(200);
    assertThat(rank.examples()).isEmpty();
  }

  @Test
  void withoutAListThereIsNothingToLabel() throws Exception {
    rank = Subtasks.byWatermark();
    rank.request(request("e1", "u", 100));
    rank.request(request("e2", "u", 200, "a"));
    rank.watermark(200);
    assertThat(rank.recommendations()).hasSize(2);
    assertThat(rank.examples()).isEmpty();
  }

  @Test
  void anActionThatIsSaidToComeOfAListLabelsThatOne() throws Exception {
    rank =
        new Subtasks(EventOrder.BY_WATERMARK, TestModel.settings(TestModel.placement(), similar()));
    rank.start(1);
    rank.change(change("a", 10));
    rank.change(change("b", 10));
    RankRequest first = request("e1", "u", 100);
    first.placements = new String[] {"home", "similar"};
    rank.request(first);
    RankRequest click = request("e2", "u", 200, "a");
    click.placements = new String[0];
    click.recommendationId = RecommendationIds.of("similar", "u", "e1", false);
    rank.request(click);
    rank.watermark(200);
    assertThat(rank.examples())
        .extracting(TrainingExample::getPlacement)
        .containsExactly("similar");

    RankRequest next = request("e3", "u", 300, "b");
    next.recommendationId = "of a list that nobody remembers";
    rank.request(next);
    rank.watermark(300);
    assertThat(rank.examples())
        .extracting(TrainingExample::getPlacement)
        .containsExactly("similar", "home");
  }

  private static Placement similar() {
    LinkedHashMap<String, Integer> quotas = new LinkedHashMap<>();
    quotas.put("popular", 10);
    return Placements.of(quotas).named("similar");
  }

  @Test
  void rankingWaitsWhereItIsNotSettledYetWhichModelsServe() throws Exception {
    RankerSettings settled = TestModel.settings();
    rank =
        new Subtasks(
            EventOrder.BY_WATERMARK,
            new RankerSettings(
                settled.historyLength(),
                settled.placements(),
                settled.stored(),
                settled.training(),
                settled.sampledNegatives(),
                settled.explanations(),
                settled.waitForModels(),
                99));
    rank.start(1);
    rank.change(change("a", 10));
    rank.request(request("e1", "u", 99));
    rank.request(request("e2", "u", 100));
    rank.request(request("e3", "u", 200));
    rank.watermark(1_000);
    assertThat(versions(rank.recommendations())).hasSize(1);

    publish(rank, 3);
    rank.model(settledUntil(planOfSteps(2), 199));
    assertThat(versions(rank.recommendations())).containsExactly(TestModel.VERSION, "v1");

    rank.restore(2);
    rank.watermark(1_000);
    assertThat(rank.recommendations()).hasSize(2);
    rank.model(settledUntil(planOfSteps(3), Long.MAX_VALUE));
    assertThat(versions(rank.recommendations())).containsExactly(TestModel.VERSION, "v1", "v2");
  }

  private static ModelPlan settledUntil(ModelPlan plan, long time) {
    return ModelPlan.newBuilder(plan).setSettledTime(Instant.ofEpochMilli(time)).build();
  }

  @Test
  void aLateActionDoesNotLabelALaterList() throws Exception {
    rank = Subtasks.byWatermark();
    rank.change(change("a", 10));
    rank.request(request("e2", "u", 200));
    rank.watermark(200);
    RankRequest late = request("e1", "u", 100, "a");
    late.late = true;
    rank.request(late);
    assertThat(rank.recommendations()).hasSize(2);
    assertThat(rank.examples()).isEmpty();
  }

  private static void publish(Subtasks rank, int versions) throws Exception {
    for (int version = 0; version < versions; version++) {
      byte[] onnx =
          PublishedModels.onnx(
              "default", "v" + version, List.of("popularity_short_log_count", "sources"));
      rank.model(
          PublishedModels.release("v" + version)
              .setName("default")
              .setOnnx(ByteBuffer.wrap(onnx))
              .setPublishedTime(Instant.ofEpochMilli(version))
              .build());
    }
  }

  /** A step each 100 ms: v0 from 0 on, v1 from 100 on, and so on. */
  private static ModelPlan planOfSteps(int count) {
    List<PlanStep> steps = new ArrayList<>();
    for (int step = 0; step < count; step++) {
      steps.add(
          PublishedModels.step(
              Instant.ofEpochMilli(step * 100L),
              List.of(),
              PublishedModels.variant("v" + step, 10_000)));
    }
    return new ModelPlan("default", steps, null);
  }

  private static List<String> versions(List<Recommendation> recommendations) {
    return recommendations.stream().map(Recommendation::getModelVersion).toList();
  }

  @Test
  void theModelOfAListIsThatOfItsEventTimeAlsoAtOnceAfterARestore() throws Exception {
    for (int parallelism = 1; parallelism <= 2; parallelism++) {
      try (Subtasks subtasks = new Subtasks(EventOrder.BY_WATERMARK, TestModel.settings())) {
        subtasks.start(1);
        publish(subtasks, 3);
        subtasks.model(planOfSteps(3));
        subtasks.change(change("a", 1));
        subtasks.watermark(10);
        subtasks.request(request("e1", "u", 99));
        subtasks.request(request("e2", "u", 199));
        subtasks.request(request("e3", "u", 250));
        subtasks.watermark(150);
        assertThat(versions(subtasks.recommendations())).containsExactly("v0");
        subtasks.goLive();
        subtasks.restore(parallelism);
        subtasks.request(request("e0", "u", 5));
        subtasks.watermark(1_000);
        assertThat(versions(subtasks.recommendations())).containsExactly("v0", "v0", "v1", "v2");
      }
    }
  }

  @Test
  void asEventTimeGoesOnModelsAreLoadedAndUnloaded() throws Exception {
    try (ModelPool pool = ModelPool.shared()) {
      rank = Subtasks.byWatermark();
      publish(rank, 40);
      rank.model(planOfSteps(40));
      for (int step = 0; step < 40; step++) {
        rank.request(request("e" + step, "u", step * 100L));
        rank.watermark(step * 100L);
        // The model of the configuration, two steps before, that in force, eight after, four latest
        assertThat(pool.openSessions()).isLessThanOrEqualTo(1 + 2 + 1 + 8 + 4 + 1);
      }
      List<String> expected = new ArrayList<>();
      for (int step = 0; step < 40; step++) {
        expected.add("v" + step);
      }
      assertThat(versions(rank.recommendations())).isEqualTo(expected);
      rank.goLive();
      rank.restore(2);
      assertThat(pool.openSessions()).isEqualTo(1 + 4);
    }
  }

  @Test
  void theModelIsClosedWithTheOperator() throws Exception {
    try (ModelPool pool = ModelPool.shared()) {
      Subtasks subtasks = new Subtasks(EventOrder.BY_WATERMARK, TestModel.settings());
      subtasks.start(2);
      assertThat(pool.openSessions()).as("shared by the subtasks").isEqualTo(1);
      subtasks.close();
      assertThat(pool.openSessions()).isZero();
    }
  }
}
