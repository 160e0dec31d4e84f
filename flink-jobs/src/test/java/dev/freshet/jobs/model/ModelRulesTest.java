package dev.freshet.jobs.model;

import static dev.freshet.ranking.PublishedModels.TIME;
import static dev.freshet.ranking.PublishedModels.plan;
import static dev.freshet.ranking.PublishedModels.release;
import static dev.freshet.ranking.PublishedModels.step;
import static dev.freshet.ranking.PublishedModels.variant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.protocol.event.RejectReason;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.ranking.PublishedModels;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.PlanVariant;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ModelRulesTest {

  private final ModelRules rules = new ModelRules(List.of("a", "b", "c"));

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  private void assertRefused(ModelRelease.Builder release, String... message) {
    assertRefused(ModelKeys.release("shop", "7"), release.build(), message);
  }

  private void assertRefused(String key, ModelRelease release, String... message) {
    ModelRefusedException e =
        catchThrowableOfType(
            ModelRefusedException.class, () -> rules.check(key, new ModelRecord(release)));
    assertThat(e.reason()).isEqualTo(RejectReason.MODEL_REFUSED);
    assertThat(e).hasMessageContainingAll(message);
  }

  private void assertRefused(ModelPlan plan, String... message) {
    ModelRefusedException e =
        catchThrowableOfType(
            ModelRefusedException.class,
            () -> rules.check(ModelKeys.plan(plan.getName()), new ModelRecord(plan)));
    assertThat(e.reason()).isEqualTo(RejectReason.PLAN_REFUSED);
    assertThat(e).hasMessageContainingAll(message);
  }

  @Test
  void aModelThatIsWhatItsRecordSaysPasses() throws Exception {
    ModelRelease release = release("7").build();
    rules.check("release/shop/7", new ModelRecord(release));
    assertThat(rules.check(release).onnx()).isEqualTo(release.getOnnx().array());
  }

  @Test
  void theRecordMustSayWhatTheFileSays() {
    assertRefused(release("7").setVersion("8"), "RECORD_MISMATCH: version", "8", "7", "publish");
    assertRefused(release("7").setName("other"), "RECORD_MISMATCH: name", "other", "shop");
    assertRefused(release("7").setSha256("00"), "RECORD_MISMATCH: sha256");
    assertRefused(release("7").setFeatureNames(List.of("b", "a")), "RECORD_MISMATCH: feature");
    assertRefused("release/shop/8", release("7").build(), "RECORD_MISMATCH: key", "release/shop/8");
    assertRefused(null, release("7").build(), "RECORD_MISMATCH: key", "null", "release/shop/7");
  }

  @Test
  void aDamagedModelIsRefusedWithItsCode() {
    byte[] onnx = release("7").build().getOnnx().array();
    byte[] half = Arrays.copyOf(onnx, onnx.length / 2);
    assertRefused(release("7").setOnnx(ByteBuffer.wrap(half)), "NOT_ONNX: ");
    assertRefused(release("7").setOnnx(ByteBuffer.allocate(0)), "NOT_ONNX: ");
  }

  @Test
  void aModelOfOtherFeaturesIsRefused() {
    ModelRefusedException e =
        catchThrowableOfType(
            ModelRefusedException.class,
            () -> rules.check(PublishedModels.onnx("shop", "7", List.of("a", "x"))));
    assertThat(e).hasMessageStartingWith("UNKNOWN_FEATURE: ").hasMessageContaining("x");
  }

  @Test
  void aPlanWithoutStepsAndOneOfEveryKindPass() {
    for (ModelPlan plan :
        List.of(
            plan(),
            plan(
                step(TIME, List.of(), variant("7", 10_000)),
                step(TIME.plusMillis(1), List.of("9"), variant("8", 1), variant("7", 9_999)),
                step(TIME.plusMillis(2), List.of("7", "9"), variant("8", 10_000))))) {
      assertThatCode(() -> rules.check("plan/shop", new ModelRecord(plan)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aPlanThatCannotBeFollowedIsRefused() {
    assertRefused(
        plan(step(TIME, List.of(), variant("7", 500), variant("8", 9_000))), "add up to 9500");
    assertRefused(plan(step(TIME, List.of())), "add up to 0");
    assertRefused(plan(step(TIME, List.of(), variant("7", 0))), "share of variant 7 is 0");
    assertRefused(
        plan(step(TIME, List.of(), variant("7", 5_000), variant("7", 5_000))), "two variants");
    assertRefused(plan(step(TIME, List.of("7"), variant("7", 10_000))), "can't be a shadow");
    assertRefused(plan(step(TIME, List.of(""), variant("7", 10_000))), "version of a shadow");
    assertRefused(
        plan(step(TIME, List.of(), new PlanVariant("", "7", 10_000))), "name of a variant");
    assertRefused(plan(step(Instant.MAX, List.of(), variant("7", 10_000))), "beyond all reckoning");
    assertRefused(
        plan(
            step(TIME, List.of(), variant("7", 10_000)),
            step(TIME, List.of(), variant("8", 10_000))),
        "in the order of their times");
    assertRefused(new ModelPlan("", List.of(), null), "name of the model");
  }

  @Test
  void aPlanUnderAnothersKeyIsRefused() {
    ModelRefusedException e =
        catchThrowableOfType(
            ModelRefusedException.class, () -> rules.check("plan/other", new ModelRecord(plan())));
    assertThat(e.reason()).isEqualTo(RejectReason.PLAN_REFUSED);
    assertThat(e).hasMessageContainingAll("plan/other", "plan/shop");
  }
}
