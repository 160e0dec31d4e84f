package dev.freshet.client.model;

import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds a step to the plan of a model. Every method returns the new plan and keeps what the step is
 * not about: activating a version keeps the shadows; shadowing keeps the variants.
 */
public final class PlanChange {

  /** Steps that a plan keeps; far more than a replay is likely to reach back. */
  private static final int KEPT_STEPS = 1_000;

  private final TopicContents contents;
  private final String model;
  private final long from;
  private final boolean replace;
  private final ServingPlan plan;

  /**
   * @param from event time of the step, in epoch milliseconds
   * @param replace whether steps that are planned for that time or later are dropped; otherwise
   *     they are in the way
   */
  public PlanChange(TopicContents contents, String model, long from, boolean replace) {
    this.contents = contents;
    this.model = model;
    this.from = from;
    this.replace = replace;
    this.plan = contents.plan(model);
  }

  /**
   * A version serves everyone.
   *
   * @throws ModelControlException if it wasn't published or steps are in the way
   */
  public ServingPlan activate(String version) {
    contents.require(model, version);
    List<String> shadows = new ArrayList<>(inForce().map(Step::shadows).orElse(List.of()));
    shadows.remove(version);
    return then(Step.of(from, version).withShadows(shadows));
  }

  /**
   * A version scores along and is not served.
   *
   * @throws ModelControlException if it wasn't published, serves everyone, shadows already, or
   *     steps are in the way
   */
  public ServingPlan shadow(String version) {
    contents.require(model, version);
    Step current = requireInForce("shadow");
    if (current.shadows().contains(version)) {
      throw new ModelControlException(
          "Version %s of model %s is a shadow already.".formatted(version, model));
    }
    if (current.variants().size() == 1 && current.variants().get(0).version().equals(version)) {
      throw new ModelControlException(
          "Version %s of model %s serves everyone by then: it can't be a shadow as well."
              .formatted(version, model));
    }
    List<String> shadows = new ArrayList<>(current.shadows());
    shadows.add(version);
    return then(new Step(from, current.variants(), shadows));
  }

  /**
   * A version no longer scores along.
   *
   * @throws ModelControlException if it isn't a shadow or steps are in the way
   */
  public ServingPlan unshadow(String version) {
    Step current = requireInForce("shadow");
    List<String> shadows = new ArrayList<>(current.shadows());
    if (!shadows.remove(version)) {
      throw new ModelControlException(
          "Version %s of model %s is no shadow; %s."
              .formatted(
                  version,
                  model,
                  shadows.isEmpty() ? "there is none" : "there are " + String.join(", ", shadows)));
    }
    return then(new Step(from, current.variants(), shadows));
  }

  /**
   * Versions serve shares of the users. What is left stays with the version that has the rest now:
   * the only one, or the last of a split. The others come before it, so that their users stay with
   * them while the shares grow.
   *
   * @param shares in 1/10,000 of the users, in the order in which they were named
   * @throws ModelControlException if a version wasn't published, the shares leave no rest, or steps
   *     are in the way
   */
  public ServingPlan split(Map<String, Integer> shares) {
    int rest = ServingPlan.WHOLE;
    List<Variant> variants = new ArrayList<>();
    for (Map.Entry<String, Integer> share : shares.entrySet()) {
      contents.require(model, share.getKey());
      variants.add(new Variant(share.getKey(), share.getKey(), share.getValue()));
      rest -= share.getValue();
    }
    if (rest < 0) {
      throw new ModelControlException(
          "The shares add up to more than 100%: leave something, or make it exactly 100%.");
    }
    if (rest > 0) {
      List<Variant> before = requireInForce("split").variants();
      String main = before.get(before.size() - 1).version();
      if (shares.containsKey(main)) {
        throw new ModelControlException(
            "Version %s has the rest of the users, whatever is left: name the others only, or make the shares add up to 100%%."
                .formatted(main));
      }
      variants.add(new Variant(main, main, rest));
    }
    List<String> shadows = new ArrayList<>(inForce().map(Step::shadows).orElse(List.of()));
    shadows.removeAll(shares.keySet());
    return then(new Step(from, variants, shadows));
  }

  /**
   * What is in force is undone: what served before it serves again. Steps that are planned are
   * dropped.
   *
   * @throws ModelControlException if nothing is known to have served before
   */
  public ServingPlan rollback() {
    contents.requireModel(model);
    requireInForce("roll back");
    try {
      return plan.rollback(from).bounded(KEPT_STEPS);
    } catch (IllegalArgumentException e) {
      throw new ModelControlException(
          "Cannot roll back: %s. './freshet models activate VERSION' makes a version of your choice serve."
              .formatted(e.getMessage()));
    }
  }

  private ServingPlan then(Step step) {
    if (inForce().map(now -> sameAs(now, step)).orElse(false) && planned().isEmpty()) {
      throw new ModelControlException(
          "The plan of model %s says so already; './freshet models list' shows it."
              .formatted(model));
    }
    List<Step> planned = planned();
    if (!planned.isEmpty() && !replace) {
      throw new ModelControlException(
          "Model %s has steps from %s on already, the first at %s: choose a later time than the last, %s (--at, --in), or drop them with --replace."
              .formatted(
                  model,
                  Instant.ofEpochMilli(from),
                  Instant.ofEpochMilli(planned.get(0).from()),
                  Instant.ofEpochMilli(planned.get(planned.size() - 1).from())));
    }
    try {
      return plan.before(from).then(step).bounded(KEPT_STEPS);
    } catch (IllegalArgumentException e) {
      throw new ModelControlException("Cannot plan that: " + e.getMessage() + ".");
    }
  }

  private static boolean sameAs(Step one, Step other) {
    return one.variants().equals(other.variants()) && one.shadows().equals(other.shadows());
  }

  /** Steps at the time or later. */
  private List<Step> planned() {
    return plan.steps().stream().filter(step -> step.from() >= from).toList();
  }

  /** What holds until the new step. */
  private Optional<Step> inForce() {
    return plan.before(from).stepAt(from);
  }

  private Step requireInForce(String what) {
    contents.requireModel(model);
    return inForce()
        .orElseThrow(
            () ->
                new ModelControlException(
                    "Nothing to %s: no version of model %s is planned to serve before %s, so the job ranks with the model of its configuration. './freshet models activate VERSION' comes first."
                        .formatted(what, model, Instant.ofEpochMilli(from))));
  }
}
