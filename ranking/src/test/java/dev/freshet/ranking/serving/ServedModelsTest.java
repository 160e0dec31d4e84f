package dev.freshet.ranking.serving;

import static dev.freshet.ranking.PublishedModels.FEATURES;
import static dev.freshet.ranking.PublishedModels.TIME;
import static dev.freshet.ranking.PublishedModels.onnx;
import static dev.freshet.ranking.PublishedModels.release;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelPool;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import dev.freshet.ranking.list.Placement;
import dev.freshet.schema.ModelRelease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServedModelsTest {

  private static final String MODEL = "shop";
  private static final String FIRST = "first";
  private static final int MOST_CANDIDATES = 50;

  private final ModelPool pool = new ModelPool();
  private final CountDownLatch gate = new CountDownLatch(1);
  private ServedModels models = served(false);
  private int published;

  private ServedModels served(boolean patient) {
    return new ServedModels(
        pool, FEATURES, MOST_CANDIDATES, initial(), new ProposalOrder(MOST_CANDIDATES), patient);
  }

  private Scoring initial() {
    try (ModelLease lease = pool.load(onnx(MODEL, FIRST, FEATURES), Set.copyOf(FEATURES)).join()) {
      return new ModelScoring(lease.bundle(), lease.newScorer(), FEATURES, MOST_CANDIDATES);
    }
  }

  private void bePatient() {
    models.close();
    models = served(true);
  }

  @AfterEach
  void nothingIsLeftOpen() {
    gate.countDown();
    models.close();
    drain();
    assertThat(pool.openSessions()).isZero();
    pool.close();
  }

  /** Publishes versions, one after the other, without settling. */
  private void publish(String... versions) {
    for (String version : versions) {
      models.publish(release(version).setPublishedTime(TIME.plusSeconds(published++)).build());
    }
  }

  private void plan(Step... steps) {
    models.plan(new ServingPlan(MODEL, List.of(steps)));
  }

  private static Step from(long time, String version, String... shadows) {
    return step(time, List.of(shadows), variant(version, 10_000));
  }

  private static Step step(long from, List<String> shadows, Variant... variants) {
    return new Step(from, List.of(variants), shadows);
  }

  private static Variant variant(String version, int share) {
    return new Variant(version, version, share);
  }

  private void settleAndLoad(long time) {
    models.settle(time);
    models.awaitLoaded();
  }

  private String version(long time) {
    return version(time, "u");
  }

  private String version(long time, String user) {
    return models.choose(MODEL, time, user).version();
  }

  /** From now on the pool loads nothing, until the gate is opened. */
  private void holdUpLoading() {
    CountDownLatch held = new CountDownLatch(1);
    // The second waits for the first, so it can't be done before something is chained to it.
    pool.load(onnx(MODEL, "ahead", FEATURES), Set.of())
        .whenComplete((none, refused) -> assertThat(refused).isNotNull());
    pool.load(onnx(MODEL, "held", FEATURES), Set.of())
        .whenComplete(
            (none, refused) -> {
              held.countDown();
              await(gate);
            });
    await(held);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until the pool has done all that it was asked for until now. */
  private void drain() {
    pool.load(onnx(MODEL, "last", FEATURES), Set.copyOf(FEATURES)).join().close();
  }

  @Test
  void withoutAPlanTheFirstModelScores() {
    publish("1");
    settleAndLoad(0);
    assertThat(version(5)).isEqualTo(FIRST);
    assertThat(models.choose("unheard-of", 5, "u").version()).isEqualTo(FIRST);
    assertThat(models.choose(Placement.NO_MODEL, 5, "u")).isInstanceOf(ProposalOrder.class);
    assertThat(models.notReady()).isZero();
  }

  @Test
  void thePlanDecidesByEventTimeInWhateverOrderListsCome() {
    publish("1", "2");
    plan(from(100, "1"), from(200, "2"));
    settleAndLoad(0);
    assertThat(version(200)).isEqualTo("2");
    assertThat(version(99)).isEqualTo(FIRST);
    assertThat(version(199)).isEqualTo("1");
    assertThat(version(Long.MAX_VALUE)).isEqualTo("2");
    assertThat(version(100)).isEqualTo("1");
    assertThat(version(Long.MIN_VALUE)).isEqualTo(FIRST);
    assertThat(models.notReady()).isZero();
    assertThat(models.serving(MODEL, 99)).isEqualTo(FIRST);
    assertThat(models.serving(MODEL, 150)).isEqualTo("1");
  }

  @Test
  void aNewPlanReplacesTheOldOneAsAWhole() {
    publish("1", "2");
    plan(from(100, "1"), from(200, "2"));
    settleAndLoad(0);
    plan(from(100, "1"), from(300, "2"));
    settleAndLoad(0);
    assertThat(version(250)).isEqualTo("1");
    assertThat(version(300)).isEqualTo("2");
  }

  @Test
  void aSplitServesAUserAlwaysTheSameAndNamesTheVariant() {
    publish("1", "2");
    plan(from(0, "1"), step(100, List.of(), variant("2", 2_000), variant("1", 8_000)));
    settleAndLoad(0);
    Map<String, String> versions = new HashMap<>();
    for (int user = 0; user < 2_000; user++) {
      String version = version(100, "u" + user);
      assertThat(models.variant()).isEqualTo(version);
      versions.put("u" + user, version);
    }
    assertThat(versions.values().stream().filter("2"::equals).count()).isBetween(320L, 480L);
    versions.forEach((user, version) -> assertThat(version(9_999, user)).isEqualTo(version));
    version(99);
    assertThat(models.variant()).as("without a split").isEmpty();
    assertThat(models.serving(MODEL, 100)).isEqualTo("2 20.0%, 1 80.0%");
  }

  @Test
  void shadowsScoreAlongAndNobodyWaitsForOneThatIsMissing() {
    publish("1", "2");
    plan(from(0, "1", "2", "never-published"), from(100, "1"));
    settleAndLoad(0);
    assertThat(version(50)).isEqualTo("1");
    assertThat(models.shadows()).extracting(Scoring::version).containsExactly("2");
    version(100);
    assertThat(models.shadows()).isEmpty();
    assertThat(models.notReady()).isZero();
  }

  @Test
  void whileAModelIsNotLoadedTheStepBeforeServesAndItIsCounted() {
    publish("1");
    plan(from(0, "1"));
    settleAndLoad(0);
    holdUpLoading();
    publish("2");
    plan(
        from(0, "1"),
        step(100, List.of("2"), variant("1", 10_000)),
        step(200, List.of(), variant("2", 5_000), variant("1", 5_000)));
    models.settle(0);
    assertThat(version(150)).as("only the shadow is missing").isEqualTo("1");
    assertThat(models.shadows()).isEmpty();
    assertThat(models.notReady()).isZero();
    for (int user = 0; user < 20; user++) {
      assertThat(version(200, "u" + user)).as("all or none").isEqualTo("1");
      assertThat(models.variant()).isEmpty();
    }
    assertThat(models.notReady()).isEqualTo(20);
    gate.countDown();
    models.awaitLoaded();
    List<String> versions = new ArrayList<>();
    for (int user = 0; user < 20; user++) {
      versions.add(version(200, "u" + user));
    }
    assertThat(versions).contains("1", "2");
    assertThat(models.notReady()).isEqualTo(20);
  }

  @Test
  void withNoStepReadyTheFirstModelServes() {
    plan(from(0, "1"));
    models.settle(0);
    assertThat(version(5)).isEqualTo(FIRST);
    assertThat(models.notReady()).isOne();
  }

  @Test
  void aReplayWaitsForTheModel() {
    bePatient();
    publish("1");
    plan(from(0, "1"));
    models.settle(Long.MIN_VALUE);
    assertThat(version(5)).isEqualTo("1");
    assertThat(models.notReady()).isZero();
  }

  @Test
  void aReplayHasEveryStepWhereverItHasSettled() {
    bePatient();
    planOfManySteps(40);
    models.settle(Long.MIN_VALUE);
    for (int step : List.of(39, 0, 20, 3)) {
      assertThat(version(step * 100L)).isEqualTo("v" + step);
    }
    models.settle(3_950);
    assertThat(version(0)).isEqualTo("v0");
    assertThat(models.notReady()).isZero();
  }

  @Test
  void aModelThatIsRefusedNeverServes() {
    publish("1");
    models.publish(
        release("2")
            .setOnnx(ByteBuffer.wrap(onnx(MODEL, "2", List.of("a", "unheard-of"))))
            .build());
    plan(from(0, "1"), from(100, "2"));
    settleAndLoad(0);
    assertThat(version(100)).isEqualTo("1");
    settleAndLoad(100);
    assertThat(version(100)).isEqualTo("1");
    assertThat(models.notReady()).isEqualTo(2);
    bePatient();
    models.publish(release("3").setOnnx(ByteBuffer.wrap(new byte[] {1, 2, 3})).build());
    plan(from(0, "3"));
    models.settle(0);
    assertThat(version(100)).isEqualTo(FIRST);
  }

  @Test
  void theSameModelPublishedAgainIsNotLoadedAgain() {
    publish("1");
    plan(from(0, "1"));
    settleAndLoad(0);
    holdUpLoading();
    publish("1");
    models.settle(0);
    assertThat(version(5)).isEqualTo("1");
    assertThat(models.notReady()).isZero();
  }

  @Test
  void anotherModelUnderTheSameVersionTakesItsPlace() {
    publish("1");
    plan(from(0, "1"));
    settleAndLoad(0);
    Scoring before = models.choose(MODEL, 5, "u");
    ModelRelease other =
        release("1").setOnnx(ByteBuffer.wrap(onnx(MODEL, "1", List.of("b", "a")))).build();
    models.publish(other);
    settleAndLoad(0);
    assertThat(models.choose(MODEL, 5, "u")).isNotSameAs(before);
    assertThat(version(5)).isEqualTo("1");
    assertThat(pool.openSessions()).as("the first, and the one in its place").isEqualTo(2);
  }

  private void planOfManySteps(int count) {
    Step[] steps = new Step[count];
    for (int step = 0; step < count; step++) {
      publish("v" + step);
      steps[step] = from(step * 100L, "v" + step);
    }
    plan(steps);
  }

  @Test
  void onlyWhatIsNeededStaysLoaded() {
    planOfManySteps(40);
    settleAndLoad(1_550);
    // The first, two steps before, the one in force, eight after it, and the latest four.
    assertThat(pool.openSessions()).isEqualTo(1 + 2 + 1 + 8 + 4);
    assertThat(models.nextStep()).isEqualTo(1_600);
    for (int step = 13; step <= 23; step++) {
      assertThat(version(step * 100L)).isEqualTo("v" + step);
    }
    assertThat(models.notReady()).isZero();
    settleAndLoad(3_900);
    assertThat(pool.openSessions()).as("those of the end are the latest").isEqualTo(1 + 4);
    assertThat(models.nextStep()).isEqualTo(Long.MAX_VALUE);
    settleAndLoad(-1);
    assertThat(pool.openSessions()).isEqualTo(1 + 8 + 4);
    assertThat(models.nextStep()).isZero();
  }

  @Test
  void aVeryLateListIsScoredByTheOldestThatIsKept() {
    planOfManySteps(20);
    settleAndLoad(1_050);
    assertThat(version(120)).isEqualTo("v8");
    assertThat(models.notReady()).isOne();
  }

  @Test
  void whatIsUnloadedOnItsWayIsNotLeftOpen() {
    publish("1", "2", "3", "4", "5", "6");
    holdUpLoading();
    plan(from(0, "1"));
    models.settle(0);
    plan(from(0, "2"));
    models.settle(0);
    gate.countDown();
    models.awaitLoaded();
    drain();
    assertThat(version(5)).isEqualTo("2");
    assertThat(pool.openSessions()).as("the first, 2, and the latest four").isEqualTo(6);
  }
}
