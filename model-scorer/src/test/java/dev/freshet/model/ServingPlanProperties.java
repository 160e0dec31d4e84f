package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ServingPlanProperties {
  private static final int USERS = 20_000;

  @Property(tries = 60)
  void sharesAreHonoured(
      @ForAll("names") String model, @ForAll("shares") List<Integer> shares, @ForAll long seed) {
    ServingPlan plan = ServingPlan.empty(model);
    Step step = step(shares);
    Map<Variant, Integer> served = new HashMap<>();
    for (int user = 0; user < USERS; user++) {
      served.merge(plan.variantOf(step, seed + "-" + user), 1, Integer::sum);
    }
    for (Variant variant : step.variants()) {
      double p = (double) variant.share() / ServingPlan.WHOLE;
      // Six standard deviations of a fair draw: one in a billion, so the hash is to blame.
      double tolerance = 6 * Math.sqrt(USERS * p * (1 - p)) + 3;
      assertThat(Math.abs(served.getOrDefault(variant, 0) - USERS * p))
          .as("%s in %s", variant, shares)
          .isLessThan(tolerance);
    }
  }

  @Property(tries = 200)
  void firstAndLastKeepTheirUsersWhenTheyGrow(
      @ForAll("names") String model,
      @ForAll @IntRange(min = 1, max = 5000) int first,
      @ForAll @IntRange(min = 1, max = 4000) int last,
      @ForAll @IntRange(max = 499) int firstGrows,
      @ForAll @IntRange(max = 499) int lastGrows) {
    ServingPlan plan = ServingPlan.empty(model);
    Step before = step(List.of(first, ServingPlan.WHOLE - first - last, last));
    Step after =
        step(
            List.of(
                first + firstGrows,
                ServingPlan.WHOLE - first - last - firstGrows - lastGrows,
                last + lastGrows));
    for (int user = 0; user < 500; user++) {
      String was = plan.variantOf(before, "u" + user).name();
      if (!was.equals("variant-1")) {
        assertThat(plan.variantOf(after, "u" + user).name()).isEqualTo(was);
      }
    }
  }

  @Property(tries = 20)
  void modelsAreSplitIndependently(@ForAll("names") String one, @ForAll("names") String other) {
    if (one.equals(other)) {
      return;
    }
    Step half = step(List.of(5000, 5000));
    int both = 0;
    for (int user = 0; user < USERS; user++) {
      boolean inOne = first(ServingPlan.empty(one).variantOf(half, "user-" + user));
      both += inOne && first(ServingPlan.empty(other).variantOf(half, "user-" + user)) ? 1 : 0;
    }
    assertThat(both / (double) USERS).isBetween(0.23, 0.27);
  }

  /** Against the definition, looked up the slow way. */
  @Property(tries = 500)
  void stepAtIsTheNewestNotAfter(
      @ForAll @Size(max = 12) List<@LongRange(min = -50, max = 50) Long> times,
      @ForAll @LongRange(min = -60, max = 60) long time) {
    List<Step> steps = new ArrayList<>();
    new TreeSet<>(times).forEach(from -> steps.add(Step.of(from, "v" + (from + 50))));
    ServingPlan plan = new ServingPlan("home", steps);

    assertThat(plan.stepAt(time))
        .isEqualTo(steps.stream().filter(step -> step.from() <= time).reduce((a, b) -> b));
    assertThat(plan.before(time).steps())
        .isEqualTo(steps.stream().filter(step -> step.from() < time).toList());
  }

  /** What served until then isn't touched by anything that continues a plan. */
  @Property(tries = 500)
  void rollbackLeavesThePastAlone(
      @ForAll @Size(min = 2, max = 8) List<@LongRange(min = 0, max = 50) Long> times,
      @ForAll @LongRange(min = 0, max = 60) long at) {
    List<Step> steps = new ArrayList<>();
    new TreeSet<>(times).forEach(from -> steps.add(Step.of(from, "v" + from)));
    ServingPlan plan = new ServingPlan("home", steps);
    List<Step> begun = plan.before(at + 1).steps();
    if (begun.size() < 2 || begun.get(begun.size() - 1).from() == at) {
      return;
    }
    ServingPlan back = plan.rollback(at);
    for (long time = 0; time < at; time++) {
      assertThat(back.stepAt(time)).isEqualTo(plan.stepAt(time));
    }
    for (long time = at; time < 70; time++) {
      assertThat(back.stepAt(time).orElseThrow().variants())
          .isEqualTo(begun.get(begun.size() - 2).variants());
    }
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withChars("0123456789._-")
        .ofMinLength(1)
        .ofMaxLength(64);
  }

  /** Shares that add up: the distances between sorted borders. */
  @Provide
  Arbitrary<List<Integer>> shares() {
    return Arbitraries.integers()
        .between(1, ServingPlan.WHOLE - 1)
        .set()
        .ofMaxSize(6)
        .map(
            borders -> {
              List<Integer> shares = new ArrayList<>();
              int from = 0;
              for (int border : new TreeSet<>(borders)) {
                shares.add(border - from);
                from = border;
              }
              shares.add(ServingPlan.WHOLE - from);
              return shares;
            });
  }

  private static Step step(List<Integer> shares) {
    List<Variant> variants = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      variants.add(new Variant("variant-" + i, "v" + i, shares.get(i)));
    }
    return new Step(0, variants, List.of());
  }

  private static boolean first(Variant variant) {
    return variant.name().equals("variant-0");
  }
}
