package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Time since the newest, and age. */
class ElapsedProperties extends TypeContract {

  @Property(tries = 200)
  void timeSince(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int size) {
    check(
        "type: time-since\nactions: [click, view]",
        withTheCatalog(seed, size),
        (events, time) ->
            events.stream()
                .filter(event -> event.action != null && !event.action.equals("purchase"))
                .mapToLong(event -> time - event.time)
                .boxed()
                .min(Long::compare)
                .orElse(null),
        new Random(seed));
  }

  @Property(tries = 200)
  void age(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int size) {
    check(
        "type: age",
        withTheCatalog(seed, size),
        (events, time) ->
            events.stream()
                .filter(event -> event.action != null || !event.deleted)
                .mapToLong(event -> time - event.time)
                .boxed()
                .max(Long::compare)
                .orElse(null),
        new Random(seed));
  }

  /** Some of the events are the catalog's, and some of those delete the item. */
  private static List<FeatureEvent> withTheCatalog(long seed, int size) {
    Random random = new Random(seed);
    List<FeatureEvent> events = EventStreams.random(seed, size);
    for (FeatureEvent event : events) {
      if (random.nextInt(3) == 0) {
        event.user = null;
        event.action = null;
        event.deleted = random.nextBoolean();
      }
    }
    return events;
  }
}
