package dev.freshet.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.freshet.evaluation.ClusteredMean;
import dev.freshet.evaluation.Estimate;
import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.Judgement;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.TrustedSchemas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.testutils.MetricListener;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close may throw anything
class EvaluationWindowsTest {

  private KeyedOneInputStreamOperatorTestHarness<String, Judgement, Evaluation> harness;

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @BeforeEach
  void open() throws Exception {
    harness = harness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Judgement, Evaluation> harness()
      throws Exception {
    return harness(false);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Judgement, Evaluation> harness(
      boolean excludeSeen) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(
            new EvaluationWindows(new EvaluationSettings(Duration.ofSeconds(1), excludeSeen))),
        judgement -> judgement.placement,
        Types.STRING);
  }

  private static Judgement judgement(String version, String variant, long time, int rank) {
    Judgement judgement = new Judgement();
    judgement.placement = "home";
    judgement.model = "default";
    judgement.modelVersion = version;
    judgement.variant = variant;
    judgement.time = time;
    judgement.rank = rank;
    judgement.source = rank == 0 ? "" : rank < 3 ? "recent" : "popular";
    judgement.user = FeatureEvent.hash("u");
    judgement.shown = new String[] {"a", "b"};
    judgement.novelty = 3;
    judgement.itemsKnown = 8;
    return judgement;
  }

  private static Judgement judgement(String user, long time, int rank, String... shown) {
    Judgement judgement = judgement("1", "", time, rank);
    judgement.user = FeatureEvent.hash(user);
    judgement.shown = shown;
    return judgement;
  }

  private void judge(Judgement judgement) throws Exception {
    harness.processElement(judgement, judgement.time);
  }

  private void judge(String version, String variant, long time, int rank) throws Exception {
    judge(judgement(version, variant, time, rank));
  }

  private List<Evaluation> told() {
    return new ArrayList<>(harness.extractOutputValues());
  }

  @Test
  void aWindowIsToldOfWhenItHasPassed() throws Exception {
    judge("1", "", 1_000, 1);
    judge("1", "", 1_500, 10);
    judge("1", "", 1_999, 11);
    judge("1", "", 1_001, 0);
    judge("1", "", 2_000, 1);
    harness.processWatermark(1_998);
    assertThat(told()).isEmpty();
    harness.processWatermark(1_999);
    assertThat(told()).hasSize(1);
    Evaluation window = told().get(0);
    assertThat(window.getPlacement()).isEqualTo("home");
    assertThat(window.getModel()).isEqualTo("default");
    assertThat(window.getStartTime()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(window.getEndTime()).isEqualTo(Instant.ofEpochMilli(2_000));
    assertThat(window.getTests()).isEqualTo(4);
    assertThat(window.getRanks())
        .hasSize(20)
        .startsWith(1L, 0L)
        .satisfies(ranks -> assertThat(ranks.get(9)).isEqualTo(1))
        .satisfies(ranks -> assertThat(ranks.get(10)).isEqualTo(1));
    assertThat(window.getHitRate10()).isEqualTo(2 / 4.0);
    assertThat(window.getMrr10()).isEqualTo((1 + 0.1) / 4);
    assertThat(window.getNdcg10()).isEqualTo((1 + Math.log(2) / Math.log(11)) / 4);
    assertThat(window.getHitsBySource()).isEqualTo(Map.of("recent", 1L, "popular", 2L));
    assertThat(window.getHitRate5()).isEqualTo(1 / 4.0);
    assertThat(window.getHitRate20()).isEqualTo(3 / 4.0);
    assertThat(window.getMrr5()).isEqualTo(1 / 4.0);
    assertThat(window.getMrr20()).isEqualTo((1 + 0.1 + 1 / 11.0) / 4);
    assertThat(window.getNdcg5()).isEqualTo(1 / 4.0);
    assertThat(window.getNdcg20()).isGreaterThan(window.getNdcg10()).isLessThan(3 / 4.0);
  }

  @Test
  void intervalsCountUsersAndNotTests() throws Exception {
    Random random = new Random(1);
    ClusteredMean hits = new ClusteredMean(30);
    ClusteredMean reciprocals = new ClusteredMean(30);
    ClusteredMean gains = new ClusteredMean(30);
    for (int test = 0; test < 600; test++) {
      int user = random.nextInt(30);
      int rank = random.nextInt(10) < 7 ? user % 13 : 1 + random.nextInt(20);
      boolean hit = rank >= 1 && rank <= 10;
      hits.add(user, hit ? 1 : 0);
      reciprocals.add(user, hit ? 1.0 / rank : 0);
      gains.add(user, hit ? Math.log(2) / Math.log(rank + 1) : 0);
      judge(judgement("user " + user, 1_000 + test, rank, "a"));
    }
    harness.processWatermark(1_999);
    Evaluation window = told().get(0);
    assertThat(window.getUserGroups()).as("none shares one").isEqualTo(30);
    assertInterval(window.getHitRate10Low(), window.getHitRate10High(), hits.wilson(), 1e-9);
    assertInterval(window.getMrr10Low(), window.getMrr10High(), reciprocals.normal(), 1e-9);
    assertInterval(window.getNdcg10Low(), window.getNdcg10High(), gains.normal(), 1e-8);
    assertThat(window.getHitRate10()).isCloseTo(hits.wilson().value(), within(1e-12));
    assertThat(hits.wilson().high() - hits.wilson().low())
        .as("tests of a user are alike")
        .isGreaterThan(1.5 * width(ClusteredMean.wilson(hits.wilson().value(), 600)));
  }

  private static double width(Estimate estimate) {
    return estimate.high() - estimate.low();
  }

  private static void assertInterval(double low, double high, Estimate expected, double tolerance) {
    assertThat(low).isCloseTo(expected.low(), within(tolerance));
    assertThat(high).isCloseTo(expected.high(), within(tolerance));
  }

  @Test
  void intervalsOfManyUsersInFewGroupsAreAsWideAsThoseByUser() throws Exception {
    Random random = new Random(2);
    ClusteredMean reciprocals = new ClusteredMean(20_000);
    for (int user = 0; user < 20_000; user++) {
      int usual = random.nextInt(40);
      for (int test = random.nextInt(4); test >= 0; test--) {
        int rank = random.nextBoolean() ? usual : random.nextInt(40);
        reciprocals.add(user, rank >= 1 && rank <= 10 ? 1.0 / rank : 0);
        judge(judgement("user " + user, 1_000, rank));
      }
    }
    harness.processWatermark(1_999);
    Evaluation window = told().get(0);
    assertThat(window.getUserGroups()).isEqualTo(1024);
    assertThat(window.getMrr10High() - window.getMrr10Low())
        .isCloseTo(width(reciprocals.normal()), withinPercentage(7));
  }

  @Test
  void oneUserIsNoIntervalOfMeans() throws Exception {
    judge("1", "", 1_000, 1);
    judge("1", "", 1_000, 5);
    harness.processWatermark(1_999);
    assertThat(told().get(0).getMrr10Low()).isNull();
    assertThat(told().get(0).getNdcg10High()).isNull();
    assertThat(told().get(0).getUserGroups()).isEqualTo(1);
  }

  @Test
  void coverageCountsDifferentItemsAndNoveltyIsByPlace() throws Exception {
    Judgement one = judgement("u", 1_000, 1, "a", "b", "c");
    one.novelty = 2;
    one.itemsKnown = 9;
    Judgement other = judgement("v", 1_100, 1, "c");
    other.novelty = 8;
    other.itemsKnown = 8;
    Judgement empty = judgement("w", 1_200, 0);
    empty.novelty = Float.NaN;
    judge(one);
    judge(other);
    judge(empty);
    judge(judgement("u", 2_500, 0));
    harness.processWatermark(2_999);
    assertThat(told()).hasSize(2);
    assertThat(told().get(0).getItems10()).isEqualTo(3);
    assertThat(told().get(0).getItemsKnown()).isEqualTo(9);
    assertThat(told().get(0).getCoverage10()).isEqualTo(3 / 9.0);
    assertThat(told().get(0).getNovelty10()).isEqualTo((3 * 2 + 8) / 4.0);
    assertThat(told().get(1).getItems10()).isZero();
    assertThat(told().get(1).getNovelty10()).isNull();
  }

  @Test
  void manyItemsAreCountedAlmostExactly() throws Exception {
    for (int list = 0; list < 2_000; list++) {
      String[] shown = new String[10];
      for (int place = 0; place < 10; place++) {
        shown[place] = "item " + (list * 10 + place) % 5_000;
      }
      judge(judgement("u", 1_000, 0, shown));
    }
    harness.processWatermark(1_999);
    assertThat(told().get(0).getItems10()).isCloseTo(5_000L, withinPercentage(5));
  }

  @Test
  void theOrderOfArrivalHasNoSay() throws Exception {
    Random random = new Random(3);
    List<Judgement> judgements = new ArrayList<>();
    for (int test = 0; test < 1_000; test++) {
      String item = "i" + random.nextInt(2_000);
      Judgement judgement =
          judgement("u" + random.nextInt(300), 1_000, random.nextInt(25), item, item + "'");
      judgement.novelty = random.nextFloat(20);
      judgement.itemsKnown = random.nextInt(5_000);
      judgements.add(judgement);
    }
    List<Evaluation> inOrder = evaluated(judgements);
    Collections.shuffle(judgements, random);
    assertThat(evaluated(judgements)).isEqualTo(inOrder).hasSize(1);
  }

  private List<Evaluation> evaluated(List<Judgement> judgements) throws Exception {
    close();
    open();
    for (Judgement judgement : judgements) {
      judge(judgement);
    }
    harness.processWatermark(1_999);
    return told();
  }

  @Test
  void anItemThatIsNotNewToTheUserIsNoTestIfThatIsSet() throws Exception {
    Judgement repeated = judgement("u", 1_000, 1, "a");
    repeated.repeated = true;
    Judgement of = judgement("u", 1_000, 0, "b");
    judge(repeated);
    judge(of);
    harness.processWatermark(1_999);
    assertThat(told()).extracting(Evaluation::getTests).containsExactly(2L);

    close();
    harness = harness(true);
    harness.open();
    judge(repeated);
    judge(of);
    harness.processWatermark(1_999);
    assertThat(told()).hasSize(1);
    assertThat(told().get(0).getTests()).isEqualTo(1);
    assertThat(told().get(0).getItems10()).isEqualTo(1);
    assertThat(told().get(0).getHitRate10()).isZero();
  }

  @Test
  void metricsLookBackOnTenWindows() {
    MetricListener metrics = new MetricListener();
    RecentWindows recent = new RecentWindows(metrics.getMetricGroup());
    assertThat(gauge(metrics, "tests")).isEqualTo(0L);
    assertThat(gauge(metrics, "hit_rate_10_low")).isEqualTo(Double.NaN);
    for (int window = 0; window < 12; window++) {
      RankCounts counts = new RankCounts();
      counts.add(judgement("user " + window, 0, window < 2 ? 1 : 6, "a", "b" + window));
      counts.add(judgement("another " + window, 0, 0, "a"));
      recent.add(counts);
    }
    RankCounts all = new RankCounts();
    for (int window = 2; window < 12; window++) {
      all.add(judgement("user " + window, 0, 6, "a", "b" + window));
      all.add(judgement("another " + window, 0, 0, "a"));
    }
    Evaluation expected = all.figures();
    assertThat(expected.getItems10()).isEqualTo(11);
    assertThat(expected.getUserGroups()).isEqualTo(20);
    assertThat(gauge(metrics, "tests")).isEqualTo(20L);
    assertThat(gauge(metrics, "user_groups")).isEqualTo(20);
    assertThat(gauge(metrics, "items_10")).isEqualTo(11L);
    assertThat(gauge(metrics, "coverage_10")).isEqualTo(expected.getCoverage10());
    assertThat(gauge(metrics, "novelty_10")).isEqualTo(3.0);
    assertThat(gauge(metrics, "hit_rate_5")).isEqualTo(0.0);
    assertThat(gauge(metrics, "hit_rate_10")).isEqualTo(0.5);
    assertThat(gauge(metrics, "hit_rate_20")).isEqualTo(0.5);
    assertThat(gauge(metrics, "hit_rate_10_low")).isEqualTo(expected.getHitRate10Low());
    assertThat(gauge(metrics, "hit_rate_10_high")).isEqualTo(expected.getHitRate10High());
    assertThat(gauge(metrics, "mrr_5")).isEqualTo(0.0);
    assertThat(gauge(metrics, "mrr_10")).isEqualTo(expected.getMrr10());
    assertThat(gauge(metrics, "mrr_20")).isEqualTo(expected.getMrr20());
    assertThat(gauge(metrics, "mrr_10_low")).isEqualTo(expected.getMrr10Low());
    assertThat(gauge(metrics, "mrr_10_high")).isEqualTo(expected.getMrr10High());
    assertThat(gauge(metrics, "ndcg_5")).isEqualTo(0.0);
    assertThat(gauge(metrics, "ndcg_10")).isEqualTo(expected.getNdcg10());
    assertThat(gauge(metrics, "ndcg_20")).isEqualTo(expected.getNdcg20());
    assertThat(gauge(metrics, "ndcg_10_low")).isEqualTo(expected.getNdcg10Low());
    assertThat(gauge(metrics, "ndcg_10_high")).isEqualTo(expected.getNdcg10High());
  }

  private static Object gauge(MetricListener metrics, String name) {
    return metrics.getGauge(name).orElseThrow().getValue();
  }

  @Test
  void versionsAndVariantsAreToldApart() throws Exception {
    judge("2", "b", 10, 1);
    judge("1", "a", 10, 0);
    judge("2", "a", 10, 1);
    judge("1", "a", 10, 1);
    harness.processWatermark(999);
    assertThat(told())
        .extracting(Evaluation::getModelVersion, Evaluation::getVariant, Evaluation::getTests)
        .containsExactly(tuple("1", "a", 2L), tuple("2", "a", 1L), tuple("2", "b", 1L));
  }

  @Test
  void whatComesLateCountsInTheOpenWindow() throws Exception {
    harness.processWatermark(1_500);
    judge("1", "", 300, 1);
    harness.processWatermark(1_999);
    assertThat(told()).hasSize(1);
    assertThat(told().get(0).getEndTime()).isEqualTo(Instant.ofEpochMilli(2_000));
  }

  @Test
  void aRestoreLosesNothing() throws Exception {
    judge("1", "", 100, 1);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    harness = harness();
    harness.initializeState(state);
    harness.open();
    judge(judgement("v", 200, 0, "b", "c"));
    harness.processWatermark(999);
    assertThat(told()).hasSize(1);
    assertThat(told().get(0).getItems10()).isEqualTo(3);
    assertThat(told().get(0).getUserGroups()).isEqualTo(2);
    assertThat(told().get(0).getTests()).isEqualTo(2);
    assertThat(told().get(0).getHitRate10()).isEqualTo(0.5);
  }

  @Test
  void aRankIsNeverFlattering() {
    ServedList list = new ServedList();
    list.placement = "home";
    list.model = "default";
    list.modelVersion = "1";
    list.variant = "";
    list.items = new String[] {"a", "b", "c", "d", "e", "sampled"};
    list.sources = new String[] {"s", "s", "t", "t", "t", "t"};
    list.scores = new float[] {3, 2, 2, Float.NaN, 1, 9};
    list.listed = 5;
    assertThat(judged(list, "a").rank).as("behind NaN").isEqualTo(2);
    assertThat(judged(list, "b").rank).as("the last of the same score").isEqualTo(4);
    assertThat(judged(list, "c").rank).isEqualTo(4);
    assertThat(judged(list, "d").rank).as("no score").isZero();
    assertThat(judged(list, "e").rank).isEqualTo(5);
    assertThat(judged(list, "sampled").rank).as("was not shown").isZero();
    assertThat(judged(list, "unknown").rank).isZero();
    assertThat(judged(list, "unknown").source).isEmpty();
    assertThat(judged(list, "c").source).isEqualTo("t");
    assertThat(judged(list, "c").time).isEqualTo(5);
    assertThat(judged(list, "c").shown).containsExactly("a", "b", "c", "d", "e");
  }

  private static Judgement judged(ServedList list, String item) {
    RankRequest next = new RankRequest();
    next.user = "u";
    next.time = 5;
    next.item = item;
    return Judgement.of(list, next, 0);
  }
}
