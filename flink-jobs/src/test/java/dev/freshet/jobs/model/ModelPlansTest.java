package dev.freshet.jobs.model;

import static dev.freshet.ranking.PublishedModels.TIME;
import static dev.freshet.ranking.PublishedModels.plan;
import static dev.freshet.ranking.PublishedModels.variant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.ServingPlan;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.PlanStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelPlansTest {

  @Test
  void aPlanReadsBackAsItWasAndOldStepsKeepTheirReasons() {
    ModelPlan before =
        plan(
            new PlanStep(TIME, List.of(variant("7", 10_000)), List.of("9"), "the first", TIME),
            new PlanStep(
                TIME.plusMillis(5),
                List.of(variant("8", 1), variant("7", 9_999)),
                List.of(),
                "a try",
                TIME));
    ServingPlan serving = ModelPlans.servingPlan(before);
    assertThat(ModelPlans.record(serving, before, "other", TIME.plusSeconds(9))).isEqualTo(before);

    ServingPlan back = serving.rollback(TIME.plusSeconds(1).toEpochMilli());
    ModelPlan after = ModelPlans.record(back, before, "it was bad", TIME.plusSeconds(1));
    assertThat(after.getSteps())
        .startsWith(before.getSteps().toArray(PlanStep[]::new))
        .extracting(PlanStep::getReason)
        .containsExactly("the first", "a try", "it was bad");
    assertThat(ModelPlans.servingPlan(after)).isEqualTo(back);
    assertThat(after.getSteps().get(2).getCreatedTime()).isEqualTo(TIME.plusSeconds(1));

    assertThat(ModelPlans.record(serving, null, "new", TIME).getSteps())
        .extracting(PlanStep::getReason)
        .containsExactly("new", "new");
  }
}
