package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CountProperties extends TypeContract {

  @Property(tries = 200)
  void ofAllTime(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: count\nactions: [click, view]",
        EventStreams.random(seed, size),
        (events, time) -> {
          long count = events.stream().filter(e -> !e.action.equals("purchase")).count();
          return count == 0 ? null : count;
        },
        new Random(seed));
  }

  @Property(tries = 500)
  void inAWindow(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: count\nwindow: 1h\ntile: 5m",
        EventStreams.random(seed, size),
        (events, time) -> inWindow(events, time, 3_600_000, 300_000),
        new Random(seed));
  }

  private static Object inWindow(List<FeatureEvent> events, long time, long window, long tile) {
    long newest = Math.floorDiv(time, tile);
    return events.stream()
        .map(event -> Math.floorDiv(event.time, tile))
        .filter(at -> at <= newest && at > newest - window / tile)
        .count();
  }
}
