package dev.freshet.jobs.model;

import dev.freshet.model.ServingPlan;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.PlanStep;
import java.util.List;

/** Plans of the topic {@code models} as the library knows them. */
public final class ServingPlans {

  private ServingPlans() {}

  /** The plan of a record that {@link ModelRules} lets pass. */
  public static ServingPlan of(ModelPlan plan) {
    return new ServingPlan(plan.getName(), plan.getSteps().stream().map(ServingPlans::of).toList());
  }

  private static ServingPlan.Step of(PlanStep step) {
    List<ServingPlan.Variant> variants =
        step.getVariants().stream()
            .map(
                variant ->
                    new ServingPlan.Variant(
                        variant.getName().isEmpty() ? ServingPlan.ALL : variant.getName(),
                        variant.getVersion(),
                        variant.getShare()))
            .toList();
    return new ServingPlan.Step(
        step.getFromTime().toEpochMilli(), variants, List.copyOf(step.getShadows()));
  }
}
