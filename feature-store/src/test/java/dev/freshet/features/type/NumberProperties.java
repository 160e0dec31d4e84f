package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sum, mean, min and max. */
class NumberProperties extends TypeContract {
  private static final long HOUR = 3_600_000;
  private static final long TILE = 300_000;

  @Property(tries = 200)
  void sum(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll("sum", seed, size, numbers -> exact(numbers).doubleValue(), 0.0);
  }

  @Property(tries = 200)
  void mean(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll("mean", seed, size, n -> exact(n).doubleValue() / n.size(), null);
  }

  @Property(tries = 200)
  void min(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll("min", seed, size, n -> n.stream().min(Double::compare).orElseThrow(), null);
  }

  @Property(tries = 200)
  void max(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll("max", seed, size, n -> n.stream().max(Double::compare).orElseThrow(), null);
  }

  private static BigDecimal exact(List<Double> numbers) {
    return numbers.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private void checkAll(
      String type, long seed, int size, Function<List<Double>, Object> of, Object ofEmptyWindow) {
    List<FeatureEvent> events = EventStreams.random(seed, size);
    check(
        "type: " + type + "\nof: value",
        events,
        (all, time) -> ofNonEmpty(values(all), of, null),
        new Random(seed));
    check(
        "type: " + type + "\nof: item.price",
        events,
        (all, time) -> ofNonEmpty(prices(all), of, null),
        new Random(seed));
    check(
        "type: " + type + "\nof: value\nwindow: 1h\ntile: 5m",
        events,
        (all, time) ->
            values(all).isEmpty() ? null : ofNonEmpty(values(held(all, time)), of, ofEmptyWindow),
        new Random(seed));
  }

  private static Object ofNonEmpty(
      List<Double> numbers, Function<List<Double>, Object> of, Object otherwise) {
    return numbers.isEmpty() ? otherwise : of.apply(numbers);
  }

  private static List<Double> values(List<FeatureEvent> events) {
    return events.stream().map(event -> event.value).filter(value -> !value.isNaN()).toList();
  }

  private static List<Double> prices(List<FeatureEvent> events) {
    return events.stream()
        .filter(event -> event.attributes.length > 0)
        .map(event -> event.attributes[event.attributes.length - 1])
        .map(price -> Double.valueOf(price.substring("price=".length())))
        .toList();
  }

  private static List<FeatureEvent> held(List<FeatureEvent> events, long time) {
    long newest = Math.floorDiv(time, TILE);
    return events.stream()
        .filter(event -> Math.floorDiv(event.time, TILE) <= newest)
        .filter(event -> Math.floorDiv(event.time, TILE) > newest - HOUR / TILE)
        .toList();
  }
}
