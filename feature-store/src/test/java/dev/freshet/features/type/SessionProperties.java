package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SessionProperties extends TypeContract {
  private static final long GAP = 60_000;
  private static final int TILES = 8;

  /** The events of the current session, and when it was read. */
  private record Session(List<FeatureEvent> events, long time) {
    boolean isOver() {
      return events.isEmpty() || time - newest() > GAP;
    }

    long oldest() {
      return events.get(0).time;
    }

    long newest() {
      return events.get(events.size() - 1).time;
    }
  }

  @Property(tries = 500)
  void cutByPauses(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll(seed, stream(seed, size, 0));
  }

  @Property(tries = 500)
  void cutByTheProducer(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    checkAll(seed, stream(seed, size, 3));
  }

  /** More ids than are kept. */
  @Property(tries = 200)
  void ofVeryManyIds(@ForAll long seed, @ForAll @IntRange(min = 20, max = 80) int size) {
    checkAll(seed, stream(seed, size, 40));
  }

  private void checkAll(long seed, List<FeatureEvent> events) {
    String session = "type: session\ngap: 1m\nlongest: 8m\ngive: ";
    check(
        session + "position",
        events,
        (all, time) -> {
          Session current = current(all, time);
          return current.isOver() ? 0L : (long) current.events.size();
        },
        new Random(seed));
    check(
        session + "length",
        events,
        (all, time) -> {
          Session current = current(all, time);
          return current.isOver() ? 0L : current.newest() - current.oldest();
        },
        new Random(seed));
    check(
        session + "start",
        events,
        (all, time) -> {
          Session current = current(all, time);
          return current.isOver() ? null : (Object) current.oldest();
        },
        new Random(seed));
  }

  private static Session current(List<FeatureEvent> all, long time) {
    List<FeatureEvent> held =
        all.stream()
            .filter(event -> Math.floorDiv(time, GAP) - Math.floorDiv(event.time, GAP) < TILES)
            .toList();
    if (held.isEmpty()) {
      return new Session(held, time);
    }
    long newest = held.get(held.size() - 1).time;
    List<String> kept =
        held.stream()
            .map(event -> event.session)
            .filter(session -> session != null)
            .distinct()
            .sorted((a, b) -> Long.compareUnsigned(FeatureEvent.hash(a), FeatureEvent.hash(b)))
            .limit(16)
            .toList();
    for (String id : kept) {
      List<FeatureEvent> named =
          held.stream().filter(event -> id.equals(event.session)).collect(Collectors.toList());
      if (named.get(named.size() - 1).time == newest) {
        return new Session(named, time);
      }
    }
    int start = held.size() - 1;
    while (start > 0 && held.get(start).time - held.get(start - 1).time <= GAP) {
      start--;
    }
    return new Session(held.subList(start, held.size()), time);
  }

  /** Pauses around the gap, often just that long. */
  private static List<FeatureEvent> stream(long seed, int size, int ids) {
    Random random = new Random(seed);
    List<FeatureEvent> events = EventStreams.random(seed, size);
    long time = -random.nextInt(10_000_000);
    for (FeatureEvent event : events) {
      time +=
          switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> GAP;
            case 2 -> GAP + 1;
            case 3 -> random.nextInt((int) (10 * GAP));
            default -> random.nextInt((int) GAP);
          };
      event.time = time;
      event.session = ids == 0 || random.nextInt(4) == 0 ? null : "s" + random.nextInt(ids);
    }
    return events;
  }
}
