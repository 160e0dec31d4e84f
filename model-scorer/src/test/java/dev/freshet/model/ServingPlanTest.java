package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ServingPlanTest {
  private static final Step V1 = Step.of(1000, "v1");
  private static final Step SPLIT =
      new Step(
          2000,
          List.of(new Variant("candidate", "v2", 2500), new Variant("control", "v1", 7500)),
          List.of("v3"));
  private static final Step V2 = Step.of(3000, "v2");
  private static final ServingPlan PLAN = new ServingPlan("home", List.of(V1, SPLIT, V2));

  @Test
  void stepIsTheNewestThatHasBegun() {
    assertThat(PLAN.stepAt(Long.MIN_VALUE)).isEmpty();
    assertThat(PLAN.stepAt(999)).isEmpty();
    assertThat(PLAN.stepAt(1000)).contains(V1);
    assertThat(PLAN.stepAt(1999)).contains(V1);
    assertThat(PLAN.stepAt(2000)).contains(SPLIT);
    assertThat(PLAN.stepAt(Long.MAX_VALUE)).contains(V2);
    assertThat(ServingPlan.empty("home").stepAt(5)).isEqualTo(Optional.empty());
  }

  @Test
  void stepOfOneVersionServesEverybody() {
    assertThat(V1.variants()).containsExactly(new Variant("all", "v1", 10_000));
    assertThat(PLAN.variantOf(V1, "ada").version()).isEqualTo("v1");
    assertThat(V1.withShadows(List.of("v9")).shadows()).containsExactly("v9");
  }

  /** Users that are kept in reports and replays: these never change. */
  @Test
  void placesOfUsersAreFixed() {
    List<Variant> hundred =
        IntStream.range(0, 100).mapToObj(i -> new Variant("p" + i, "v1", 100)).toList();
    Step step = new Step(0, hundred, List.of());
    assertThat(PLAN.variantOf(step, "ada").name()).isEqualTo("p49");
    assertThat(PLAN.variantOf(step, "böb").name()).isEqualTo("p36");
    assertThat(PLAN.variantOf(step, "日本").name()).isEqualTo("p72");
    assertThat(PLAN.variantOf(step, "").name()).isEqualTo("p49");
    assertThat(ServingPlan.empty("similar").variantOf(step, "ada").name()).isEqualTo("p99");
  }

  @Test
  void thenAddsAStepAtTheEnd() {
    assertThat(ServingPlan.empty("home").then(V1).then(SPLIT).then(V2)).isEqualTo(PLAN);
    for (long from : new long[] {3000, 2999, 0}) {
      assertRefused(() -> PLAN.then(Step.of(from, "v4")))
          .hasMessageContaining("model home")
          .hasMessageContaining("step from " + from + " (1970")
          .hasMessageContaining("3000 (1970-01-01T00:00:03Z)")
          .hasMessageContaining("cancel the steps that are planned");
    }
    assertThat(PLAN.before(2500).then(Step.of(2500, "v4")).steps())
        .containsExactly(V1, SPLIT, Step.of(2500, "v4"));
  }

  @Test
  void beforeCancelsWhatIsPlanned() {
    assertThat(PLAN.before(3001)).isEqualTo(PLAN);
    assertThat(PLAN.before(3000).steps()).containsExactly(V1, SPLIT);
    assertThat(PLAN.before(1000).steps()).isEmpty();
  }

  @Test
  void rollbackServesWhatServedBefore() {
    ServingPlan back = PLAN.rollback(3500);
    Step undone = new Step(3500, SPLIT.variants(), SPLIT.shadows());
    assertThat(back.steps()).containsExactly(V1, SPLIT, V2, undone);
    assertThat(back.stepAt(3499)).contains(V2);
    assertThat(back.rollback(3600).stepAt(3600))
        .contains(new Step(3600, V2.variants(), V2.shadows()));
  }

  @Test
  void rollbackCancelsWhatIsPlanned() {
    assertThat(PLAN.rollback(2500).steps())
        .containsExactly(V1, SPLIT, new Step(2500, V1.variants(), List.of()));
  }

  @Test
  void rollbackNeedsSomethingBefore() {
    assertRefused(() -> PLAN.rollback(999)).hasMessageContaining("no step has begun");
    assertRefused(() -> PLAN.rollback(1500))
        .hasMessageContaining("before the step from 1000 (1970-01-01T00:00:01Z) on");
    assertRefused(() -> ServingPlan.empty("home").rollback(5)).hasMessageContaining("no step");
    assertRefused(() -> PLAN.rollback(3000)).hasMessageContaining("at a later time");
  }

  @Test
  void boundedKeepsTheNewest() {
    assertThat(PLAN.bounded(2).steps()).containsExactly(SPLIT, V2);
    assertThat(PLAN.bounded(3)).isEqualTo(PLAN);
    assertThat(PLAN.bounded(99)).isEqualTo(PLAN);
    assertRefused(() -> PLAN.bounded(0)).hasMessageContaining("at least 1");
  }

  @Test
  void knowsTheVersionsThatItNeeds() {
    assertThat(SPLIT.versions()).containsExactly("v2", "v1", "v3");
    assertThat(PLAN.versionsFrom(0)).containsExactlyInAnyOrder("v1", "v2", "v3");
    assertThat(PLAN.versionsFrom(2999)).containsExactlyInAnyOrder("v1", "v2", "v3");
    assertThat(PLAN.versionsFrom(3000)).containsExactly("v2");
    PLAN.requireVersions(Set.of("v1", "v2", "v3", "v4"));
    assertRefused(() -> PLAN.requireVersions(Set.of("v1", "v0")))
        .hasMessageContaining("model home")
        .hasMessageContaining("no such version: v2, v3;")
        .hasMessageContaining("[v0, v1]");
  }

  @Test
  void cannotBeChangedThroughItsLists() {
    List<Step> steps = new ArrayList<>(List.of(V1));
    ServingPlan plan = new ServingPlan("home", steps);
    steps.add(V2);
    assertThat(plan.steps()).containsExactly(V1);
  }

  @Test
  void refusesStepsOutOfOrder() {
    assertRefused(() -> new ServingPlan("home", List.of(V2, V1)))
        .hasMessageContaining("step 2 is from 1000")
        .hasMessageContaining("from 3000");
    assertRefused(() -> new ServingPlan("home", List.of(V1, V1)));
    assertRefused(() -> ServingPlan.empty("a/b")).hasMessageContaining("'a/b'");
  }

  @Test
  void refusesSharesThatAreNoWhole() {
    assertRefused(() -> step(new Variant("a", "v1", 5000), new Variant("b", "v2", 4999)))
        .hasMessageContaining("step from 7 (1970")
        .hasMessageContaining("add up to 9999")
        .hasMessageContaining("have to add up to 10000");
    assertRefused(() -> step()).hasMessageContaining("add up to 0");
    assertRefused(() -> new Variant("a", "v1", 0)).hasMessageContaining("share of variant a is 0");
    assertRefused(() -> new Variant("a", "v1", 10_001));
    // Sums that overflow can't arise: each share is bounded before.
    assertRefused(() -> new Variant("a", "v1", Integer.MAX_VALUE));
  }

  @Test
  void refusesNamesThatAreNotClear() {
    assertRefused(() -> step(new Variant("a", "v1", 5000), new Variant("a", "v2", 5000)))
        .hasMessageContaining("two variants have the name a");
    assertRefused(() -> new Variant("", "v1", 10_000)).hasMessageContaining("name of a variant");
    assertRefused(() -> new Variant("a", "v 1", 10_000))
        .hasMessageContaining("version of variant a");
    assertRefused(() -> V1.withShadows(List.of("v2", "v2")))
        .hasMessageContaining("v2 is a shadow twice");
    assertRefused(() -> V1.withShadows(List.of("v/2"))).hasMessageContaining("shadow");
    assertRefused(() -> V1.withShadows(List.of("v1"))).hasMessageContaining("serves everybody");
    // Who serves some may be a shadow for the others.
    assertThat(
            step(new Variant("a", "v1", 5000), new Variant("b", "v2", 5000))
                .withShadows(List.of("v1"))
                .shadows())
        .containsExactly("v1");
  }

  @Test
  void namesTimesThatNoCalendarHas() {
    assertRefused(() -> Step.of(Long.MIN_VALUE, "v1").withShadows(List.of("v1")))
        .hasMessageContaining(Long.toString(Long.MIN_VALUE));
  }

  private static Step step(Variant... variants) {
    return new Step(7, List.of(variants), List.of());
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(ThrowingCallable call) {
    return assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
  }
}
