package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.FeatureEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The types that estimate, held against the exact value within the errors that they promise. */
class SketchProperties extends TypeContract {
  private static final double MILLION = 1e-6;

  /** The promised relative error; 0 for none. */
  private double error;

  @Override
  protected void assertSame(Object actual, Object expected, String description) {
    if (expected instanceof double[] numbers && actual instanceof double[] estimates) {
      assertThat(estimates).as(description).hasSameSizeAs(numbers);
      for (int i = 0; i < numbers.length; i++) {
        assertSame(estimates[i], numbers[i], description + " place " + i);
      }
    } else if (expected instanceof Number number && actual instanceof Number estimate) {
      double exact = number.doubleValue();
      assertThat(estimate.doubleValue())
          .as(description)
          .isCloseTo(exact, within(Math.abs(exact) * error * (1 + MILLION)));
    } else {
      assertThat(actual).as(description).isEqualTo(expected);
    }
  }

  /** Few are counted exactly. */
  @Property(tries = 300)
  void distinctCategories(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: distinct\nof: item.category",
        Vocabulary.actions(seed, size),
        (events, time) -> {
          long count = distinct(events);
          return count == 0 ? null : count;
        },
        new Random(seed));
  }

  @Property(tries = 300)
  void distinctCategoriesInAWindow(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: distinct\nof: item.category\nwindow: 2d\ntile: 12h",
        Vocabulary.actions(seed, size),
        (events, time) -> distinct(events) == 0 ? null : (Object) distinct(inWindow(events, time)),
        new Random(seed));
  }

  /** Many are estimated: five standard errors, which two in a million estimates exceed. */
  @Property(tries = 15)
  void manyDistinctItems(
      @ForAll @IntRange(min = 0, max = 1_000_000) int seed,
      @ForAll @IntRange(min = 6, max = 11) int precision) {
    error = 5 * 1.04 / Math.sqrt(1 << precision);
    check(
        "type: distinct\nof: item\nprecision: " + precision,
        Vocabulary.skewed(seed, 3_000, 100_000),
        (events, time) -> events.stream().map(event -> event.item).distinct().count(),
        new Random(seed));
  }

  @Property(tries = 300)
  void median(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    error = 0.01;
    check(
        "type: quantile\nof: value\nq: 0.5",
        EventStreams.random(seed, size),
        (events, time) -> quantile(values(events), 0.5),
        new Random(seed));
  }

  @Property(tries = 300)
  void severalInAWindow(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    error = 0.05;
    check(
        "type: quantile\nof: item.price\nq: [0, 0.9, 1]\naccuracy: 0.05\nwindow: 2d\ntile: 12h",
        EventStreams.random(seed, size),
        (events, time) -> {
          double[] prices =
              inWindow(events, time).stream()
                  .flatMap(event -> Vocabulary.values(event, "price"))
                  .mapToDouble(Double::parseDouble)
                  .sorted()
                  .toArray();
          return prices.length == 0
              ? null
              : new double[] {
                quantile(prices, 0), quantile(prices, 0.9), quantile(prices, 1),
              };
        },
        new Random(seed));
  }

  /** The number of rank floor(q x (count - 1)). */
  private static Double quantile(double[] sorted, double part) {
    return sorted.length == 0 ? null : (Double) sorted[(int) (part * (sorted.length - 1))];
  }

  private static double[] values(List<FeatureEvent> events) {
    double[] values =
        events.stream().mapToDouble(event -> event.value).filter(Double::isFinite).toArray();
    Arrays.sort(values);
    return values;
  }

  private static long distinct(List<FeatureEvent> events) {
    return events.stream()
        .flatMap(event -> Vocabulary.values(event, "category"))
        .filter(text -> !text.isEmpty())
        .distinct()
        .count();
  }

  private static List<FeatureEvent> inWindow(List<FeatureEvent> events, long time) {
    long newest = Math.floorDiv(time, 43_200_000L);
    return events.stream()
        .filter(event -> Math.floorDiv(event.time, 43_200_000L) > newest - 4)
        .toList();
  }
}
