package dev.freshet.jobs.model;

import static dev.freshet.jobs.model.ReceivedModels.received;
import static dev.freshet.ranking.PublishedModels.TIME;
import static dev.freshet.ranking.PublishedModels.plan;
import static dev.freshet.ranking.PublishedModels.release;
import static dev.freshet.ranking.PublishedModels.step;
import static dev.freshet.ranking.PublishedModels.variant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.input.SplitDeadLetters;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.ranking.PublishedModels;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close may throw anything
class ModelCheckTest {

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  private static ReceivedModel withLetter(ModelRecord record, String error) {
    ReceivedModel received = received(record);
    received.letter =
        new DeadLetter("", error, "models", 0, 17L, TIME, null, ByteBuffer.wrap(new byte[] {1}));
    return received;
  }

  @Test
  void goodOnesGoOnAndOthersBecomeDeadLetters() throws Exception {
    ModelRecord good = new ModelRecord(release("7").build());
    ModelRecord bad = new ModelRecord(release("8").setSha256("00").build());
    ModelRecord plan = new ModelRecord(plan(step(TIME, List.of(), variant("7", 10_000))));
    ModelRecord badPlan = new ModelRecord(plan(step(TIME, List.of(), variant("7", 9))));
    try (OneInputStreamOperatorTestHarness<ReceivedModel, ModelRecord> check =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new ModelCheck(new ModelRules(PublishedModels.FEATURES))))) {
      check.open();
      check.processElement(withLetter(good, ""), 1);
      check.processElement(withLetter(bad, ""), 2);
      check.processElement(withLetter(badPlan, " And more."), 3);
      check.processElement(withLetter(plan, ""), 4);

      assertThat(check.extractOutputValues()).containsExactly(good, plan);
      assertThat(check.getSideOutput(SplitDeadLetters.DEAD_LETTERS))
          .extracting(element -> element.getValue())
          .satisfiesExactly(
              letter -> {
                assertThat(letter.getReason()).isEqualTo("MODEL_REFUSED");
                assertThat(letter.getError()).startsWith("RECORD_MISMATCH: sha256");
                assertThat(letter.getOffset()).isEqualTo(17);
                assertThat(letter.getValue()).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
              },
              letter -> {
                assertThat(letter.getReason()).isEqualTo("PLAN_REFUSED");
                assertThat(letter.getError()).contains("add up to 9").endsWith(" And more.");
              });
    }
  }

  @Test
  void anErrorOfManyFeaturesIsCut() throws Exception {
    List<String> features = IntStream.range(0, 500).mapToObj(i -> "feature_" + i).toList();
    byte[] onnx = PublishedModels.onnx("shop", "7", features);
    ModelRecord model = new ModelRecord(release("7").setOnnx(ByteBuffer.wrap(onnx)).build());
    try (OneInputStreamOperatorTestHarness<ReceivedModel, ModelRecord> check =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new ModelCheck(new ModelRules(PublishedModels.FEATURES))))) {
      check.open();
      check.processElement(withLetter(model, ""), 1);
      assertThat(check.getSideOutput(SplitDeadLetters.DEAD_LETTERS))
          .singleElement()
          .satisfies(
              element ->
                  assertThat(element.getValue().getError())
                      .startsWith("UNKNOWN_FEATURE: ")
                      .hasSize(ModelCheck.MAX_ERROR + 4));
    }
  }
}
