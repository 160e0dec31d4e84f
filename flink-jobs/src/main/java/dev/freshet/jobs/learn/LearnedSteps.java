package dev.freshet.jobs.learn;

import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.schema.ModelPlan;
import dev.freshet.yaml.Nullable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds learned models to a plan that other writers may have changed. Their steps stay, shadows
 * continue, and what they have planned for later is not overridden. A learned model serves all
 * users. To keep a version or a split, stop learning, or let it learn under another name.
 */
final class LearnedSteps {

  /** Number of steps that a plan keeps; far more than a replay is likely to reach back. */
  private static final int KEPT_STEPS = 1_000;

  /**
   * Number of steps that a plan keeps in a replay that waits for plans: none is needed for longer
   * than its round.
   */
  private static final int KEPT_SETTLED_STEPS = 50;

  private final LearningSettings settings;

  LearnedSteps(LearningSettings settings) {
    this.settings = settings;
  }

  /** Returns whether a plan has the step of a round's model. */
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
   * Returns the plan with the step of a round's model.
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
        before
            .then(Step.of(from, version).withShadows(shadows))
            .bounded(settings.rounds().areKnown() ? KEPT_SETTLED_STEPS : KEPT_STEPS),
        plan,
        "learned: round " + round,
        Instant.ofEpochMilli(end));
  }

  /**
   * Returns the plan with the promise that nothing will be added up to the end of the next round.
   *
   * @param plan the newest; null: there is none
   * @param end end of the round that is over
   */
  ModelPlan settled(@Nullable ModelPlan plan, long end) {
    Instant until = Instant.ofEpochMilli(settings.settledUntil(end));
    if (plan == null) {
      return new ModelPlan(settings.model(), List.of(), until);
    }
    Instant before = plan.getSettledTime();
    return before != null && !before.isBefore(until)
        ? plan
        : ModelPlan.newBuilder(plan).setSettledTime(until).build();
  }
}
