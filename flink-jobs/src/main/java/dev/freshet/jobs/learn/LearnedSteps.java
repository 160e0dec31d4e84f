package dev.freshet.jobs.learn;

import dev.freshet.jobs.model.ModelPlans;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.schema.ModelPlan;
import dev.freshet.yaml.Nullable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds learned models to a plan that others may have changed: their steps stay, shadows go on, and
 * what they have planned for later is not overridden. A learned model serves everyone; whoever
 * wants to go on with a version or a split stops learning, or lets it learn under another name.
 */
final class LearnedSteps {

  /** Steps that a plan keeps; far more than a replay is likely to reach back. */
  private static final int KEPT_STEPS = 1_000;

  private final LearningSettings settings;

  LearnedSteps(LearningSettings settings) {
    this.settings = settings;
  }

  /** Whether a plan has the step of a round's model. */
  boolean has(@Nullable ModelPlan plan, long round, long end) {
    String version = RoundConclusion.version(round);
    long from = settings.activation(end);
    return plan != null
        && ModelPlans.servingPlan(plan).steps().stream()
            .anyMatch(
                step ->
                    step.from() == from
                        && step.variants().size() == 1
                        && step.variants().get(0).version().equals(version));
  }

  /**
   * The plan with the step of a round's model.
   *
   * @param plan the newest; null: there is none
   * @return the plan as it is if something is planned for that time or later
   */
  @Nullable
  ModelPlan with(@Nullable ModelPlan plan, long round, long end) {
    ServingPlan before =
        plan == null ? ServingPlan.empty(settings.model()) : ModelPlans.servingPlan(plan);
    long from = settings.activation(end);
    List<Step> steps = before.steps();
    if (!steps.isEmpty() && steps.get(steps.size() - 1).from() >= from) {
      return plan;
    }
    String version = RoundConclusion.version(round);
    List<String> shadows =
        new ArrayList<>(before.stepAt(from).map(Step::shadows).orElse(List.of()));
    shadows.remove(version);
    return ModelPlans.record(
        before.then(Step.of(from, version).withShadows(shadows)).bounded(KEPT_STEPS),
        plan,
        "learned: round " + round,
        Instant.ofEpochMilli(end));
  }
}
