package dev.freshet.protocol.model;

import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plans as they are on the topic {@code models}, and as they serve. */
public final class ModelPlans {

  private ModelPlans() {}

  /**
   * The plan that a record holds.
   *
   * @throws IllegalArgumentException if it can't be followed, with the reason
   */
  public static ServingPlan servingPlan(ModelPlan plan) {
    List<Step> steps = new ArrayList<>(plan.getSteps().size());
    for (PlanStep step : plan.getSteps()) {
      steps.add(servingStep(step));
    }
    return new ServingPlan(plan.getName(), steps);
  }

  /**
   * The record of a plan. Steps that were in it before keep their reason and their time. The record
   * makes no promise about steps that may be added.
   *
   * @param before the plan's former record; null: none
   * @param reason of the steps that are new
   * @param created when they were added
   */
  public static ModelPlan record(
      ServingPlan plan, ModelPlan before, String reason, Instant created) {
    Map<Step, PlanStep> known = new HashMap<>();
    if (before != null) {
      before.getSteps().forEach(step -> known.put(servingStep(step), step));
    }
    List<PlanStep> steps = new ArrayList<>(plan.steps().size());
    for (Step step : plan.steps()) {
      PlanStep old = known.get(step);
      steps.add(old == null ? recordOf(step, reason, created) : old);
    }
    return new ModelPlan(plan.model(), steps, null);
  }

  private static Step servingStep(PlanStep step) {
    List<Variant> variants = new ArrayList<>(step.getVariants().size());
    for (PlanVariant variant : step.getVariants()) {
      variants.add(new Variant(variant.getName(), variant.getVersion(), variant.getShare()));
    }
    return new Step(millis(step.getFromTime()), variants, step.getShadows());
  }

  private static PlanStep recordOf(Step step, String reason, Instant created) {
    return new PlanStep(
        Instant.ofEpochMilli(step.from()),
        step.variants().stream()
            .map(variant -> new PlanVariant(variant.name(), variant.version(), variant.share()))
            .toList(),
        step.shadows(),
        reason,
        created);
  }

  private static long millis(Instant time) {
    try {
      return time.toEpochMilli();
    } catch (ArithmeticException beyondLong) {
      throw new IllegalArgumentException("a step is from " + time + " on, beyond all reckoning");
    }
  }
}
