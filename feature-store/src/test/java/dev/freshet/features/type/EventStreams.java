package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Random events of one user: ties, bursts, gaps of days, a few actions, items and categories. */
final class EventStreams {
  private static final long START = 1_700_000_000_000L;
  private static final String[] ACTIONS = {"view", "click", "purchase"};
  private static final double[] VALUES = {Double.NaN, 0, 1, 9.99, -3.5, 1e9, 0.1, 1e-7};

  private EventStreams() {}

  /** The same seed and size give the same events, in no order. */
  static List<FeatureEvent> random(long seed, int size) {
    Random random = new Random(seed);
    List<FeatureEvent> events = new ArrayList<>();
    long time = START + random.nextInt(100_000);
    for (int i = 0; i < size; i++) {
      time += gap(random);
      events.add(event(random, "e" + i, time));
    }
    return events;
  }

  private static long gap(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 0;
      case 2, 3 -> random.nextInt(1_000);
      case 4, 5 -> random.nextInt(60_000);
      case 6 -> random.nextInt(3_600_000);
      default -> random.nextInt(4 * 86_400_000);
    };
  }

  private static FeatureEvent event(Random random, String id, long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = id;
    event.time = time;
    event.user = "u";
    event.action = ACTIONS[random.nextInt(ACTIONS.length)];
    event.item = random.nextInt(10) == 0 ? null : "i" + random.nextInt(12);
    event.session = null;
    event.value = VALUES[random.nextInt(VALUES.length)];
    event.context =
        random.nextInt(3) == 0
            ? new String[] {}
            : new String[] {"device=" + (random.nextBoolean() ? "phone" : "desk"), "page=p"};
    TreeSet<String> attributes = new TreeSet<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      attributes.add("category=c" + random.nextInt(5));
    }
    attributes.add("price=" + random.nextInt(100));
    event.attributes = event.item == null ? new String[] {} : attributes.toArray(String[]::new);
    return event;
  }
}
