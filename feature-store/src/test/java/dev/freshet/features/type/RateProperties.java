package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RateProperties extends TypeContract {
  private static final String KINDS = "type: rate\nnumerator: click\ndenominator: [view, click]\n";

  @Property(tries = 200)
  void ofAllTime(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        KINDS,
        EventStreams.random(seed, size),
        (events, time) -> rate(events, 0, 0),
        new Random(seed));
  }

  @Property(tries = 200)
  void withAPrior(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        KINDS + "prior: 0.05\nprior-weight: 20",
        EventStreams.random(seed, size),
        (events, time) -> seen(events) ? rate(events, 0.05, 20) : null,
        new Random(seed));
  }

  @Property(tries = 200)
  void inAWindow(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        KINDS + "prior: 0.25\nprior-weight: 4\nwindow: 1h\ntile: 5m",
        EventStreams.random(seed, size),
        (events, time) ->
            seen(events)
                ? rate(
                    events.stream()
                        .filter(event -> time / 300_000 - event.time / 300_000 < 12)
                        .toList(),
                    0.25,
                    4)
                : null,
        new Random(seed));
  }

  private static boolean seen(List<FeatureEvent> events) {
    return of(events, "click", "view").findAny().isPresent();
  }

  private static Object rate(List<FeatureEvent> events, double prior, double weight) {
    double denominator = of(events, "click", "view").count() + weight;
    return denominator == 0
        ? null
        : (Object) ((of(events, "click").count() + prior * weight) / denominator);
  }

  private static Stream<FeatureEvent> of(List<FeatureEvent> events, String... actions) {
    return events.stream().filter(event -> List.of(actions).contains(event.action));
  }
}
