package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.RowUpdater;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Decayed counts, and trends, which are made of two. */
class DecayProperties extends TypeContract {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** What the oracle says, and how far rounding may be from it. */
  private record Near(double value, double tolerance) {}

  @Override
  protected void assertSame(Object actual, Object expected, String description) {
    if (expected == null) {
      super.assertSame(actual, null, description);
    } else {
      Near near = (Near) expected;
      assertThat((Double) actual).as(description).isCloseTo(near.value, within(near.tolerance));
    }
  }

  @Property(tries = 200)
  void decayedCount(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: decayed-count\nhalf-life: 1h",
        EventStreams.random(seed, size),
        (events, time) -> decayed(events, time, HOUR, event -> 1),
        new Random(seed));
  }

  @Property(tries = 200)
  void decayedSum(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: decayed-count\nhalf-life: 10m\nof: value",
        EventStreams.random(seed, size),
        (events, time) -> {
          List<FeatureEvent> looked =
              events.stream().filter(event -> !Double.isNaN(event.value)).toList();
          return looked.isEmpty() ? null : decayed(looked, time, 10 * MINUTE, event -> event.value);
        },
        new Random(seed));
  }

  @Property(tries = 200)
  void trend(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: trend\nshort: 30m\nlong: 5h\nprior-weight: 3",
        EventStreams.random(seed, size),
        (events, time) -> {
          double late = decayed(events, time, HOUR / 2, event -> 1).value;
          double longer = decayed(events, time, 5 * HOUR, event -> 1).value;
          return new Near((late * 10 + 3) / (longer + 3), 1e-9);
        },
        new Random(seed));
  }

  @Property(tries = 20)
  void aSteadyStreamHasTheTrendOne(@ForAll @IntRange(min = 1, max = 600) int secondsBetween) {
    long step = 1_000L * secondsBetween;
    List<FeatureEvent> events = EventStreams.random(1, (int) (40 * HOUR / step));
    for (int i = 0; i < events.size(); i++) {
      events.get(i).time = i * step;
    }
    byte[] packed =
        oneByOne(
            new RowUpdater(
                catalog("type: trend\nshort: 1h\nlong: 4h").computed(Entity.USER).orElseThrow()),
            events);
    long newest = events.get(events.size() - 1).time;
    Object trend = value(catalog("type: trend\nshort: 1h\nlong: 4h"), packed, newest + step / 2);
    // The first hours are missing in the long count, and actions come one at a time.
    assertThat((Double) trend).isCloseTo(1, within(0.02));
  }

  private static Near decayed(
      List<FeatureEvent> events, long time, long halfLife, ToDoubleFunction<FeatureEvent> weight) {
    long newest = events.get(events.size() - 1).time;
    double sum = 0;
    double magnitude = 0;
    double forgotten = 0;
    for (FeatureEvent event : events) {
      double left = weight.applyAsDouble(event) * faded(time - event.time, halfLife);
      sum += left;
      magnitude += Math.abs(left);
      // What has faded below 2^-64 when the newest event comes may be left out.
      forgotten += Math.abs(weight.applyAsDouble(event)) * faded(time - newest, halfLife) * 0x1p-64;
    }
    return new Near(sum, 1e-12 * magnitude + forgotten + Double.MIN_NORMAL);
  }

  private static double faded(long elapsed, long halfLife) {
    return Math.pow(2, -(double) elapsed / halfLife);
  }
}
