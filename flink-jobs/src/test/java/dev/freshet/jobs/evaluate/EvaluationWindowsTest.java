package dev.freshet.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.jobs.event.Judgement;
import dev.freshet.jobs.event.ServedList;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.TrustedSchemas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
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
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new EvaluationWindows(Duration.ofSeconds(1))),
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
    return judgement;
  }

  private void judge(String version, String variant, long time, int rank) throws Exception {
    harness.processElement(judgement(version, variant, time, rank), time);
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
    judge("1", "", 200, 0);
    harness.processWatermark(999);
    assertThat(told()).hasSize(1);
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
    list.positions = new int[] {1, 2, 3, 4, 5, 0};
    assertThat(Judgement.of(list, "a", 5).rank).as("behind NaN").isEqualTo(2);
    assertThat(Judgement.of(list, "b", 5).rank).as("the last of the same score").isEqualTo(4);
    assertThat(Judgement.of(list, "c", 5).rank).isEqualTo(4);
    assertThat(Judgement.of(list, "d", 5).rank).as("no score").isZero();
    assertThat(Judgement.of(list, "e", 5).rank).isEqualTo(5);
    assertThat(Judgement.of(list, "sampled", 5).rank).as("was not shown").isZero();
    assertThat(Judgement.of(list, "unknown", 5).rank).isZero();
    assertThat(Judgement.of(list, "unknown", 5).source).isEmpty();
    assertThat(Judgement.of(list, "c", 5).source).isEqualTo("t");
    assertThat(Judgement.of(list, "c", 5).time).isEqualTo(5);
  }
}
