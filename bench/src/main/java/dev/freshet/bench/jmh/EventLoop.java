package dev.freshet.bench.jmh;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Events of one entity without end: some thousands that come again and again, each time later, so
 * that making them isn't measured. Other users, items and the rest of their content are drawn with
 * a fixed seed; few are frequent and many are rare, as usual.
 */
final class EventLoop {
  private static final long START = 1_700_000_000_000L;
  private static final int EVENTS = 4_096;
  private static final int USERS = 50_000;
  private static final int ITEMS = 5_000;
  private static final int CATEGORIES = 30;
  private static final int CITIES = 400;
  private static final int CHANNELS = 8;

  /** Of a hundred actions. */
  private static final int VIEWS = 80;

  private static final int CLICKS = 12;
  private static final int CARTS = 5;

  /** Of so many events of an item, one is the catalog's word on it. */
  private static final int CATALOG_EVERY = 50;

  private final List<List<FeatureEvent>> events = new ArrayList<>(EVENTS);
  private final long gap;
  private long time = START;
  private int next;

  private EventLoop(long gap) {
    this.gap = gap;
  }

  /**
   * The events of a user, an item (with the catalog's word in between) or everything together.
   *
   * @param gap milliseconds from each to the next
   */
  static EventLoop of(Entity entity, long gap) {
    EventLoop loop = new EventLoop(gap);
    Random random = new Random(entity.ordinal());
    for (int i = 0; i < EVENTS; i++) {
      FeatureEvent event =
          entity == Entity.ITEM && i % CATALOG_EVERY == 0
              ? catalogWord(i)
              : action(entity, i, random);
      loop.events.add(List.of(event));
    }
    return loop;
  }

  /** The catalog's words on an item alone. */
  static EventLoop ofCatalog(long gap) {
    EventLoop loop = new EventLoop(gap);
    for (int i = 0; i < EVENTS; i++) {
      loop.events.add(List.of(catalogWord(i)));
    }
    return loop;
  }

  private static FeatureEvent action(Entity entity, int index, Random random) {
    int item = entity == Entity.ITEM ? 0 : skewed(random, ITEMS);
    FeatureEvent event = event(index, item);
    event.user = "user-%06d".formatted(entity == Entity.USER ? 0 : skewed(random, USERS));
    int of100 = random.nextInt(100);
    if (of100 < VIEWS) {
      event.action = "view";
    } else if (of100 < VIEWS + CLICKS) {
      event.action = "click";
    } else {
      event.action = of100 < VIEWS + CLICKS + CARTS ? "cart" : "purchase";
    }
    event.session = "session-" + index / 20;
    event.value = random.nextInt(100) < 50 ? (1 + random.nextInt(10_000)) / 100.0 : Double.NaN;
    event.context =
        new String[] {
          "channel=channel-" + skewed(random, CHANNELS),
          "city=city-" + skewed(random, CITIES),
          "device=phone"
        };
    return event;
  }

  private static FeatureEvent catalogWord(int index) {
    return event(index, 0);
  }

  private static FeatureEvent event(int index, int item) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = "event-%08d".formatted(index);
    event.item = "item-%05d".formatted(item);
    event.attributes =
        new String[] {
          "brand=brand-" + item % 200,
          "category=category-" + item % CATEGORIES,
          "price_eur=" + (item % 500) + ".95"
        };
    return event;
  }

  private static int skewed(Random random, int bound) {
    return (int) (Math.pow(random.nextDouble(), 3) * bound);
  }

  /** The next event, as the only one of a list; both are given again later, the event changed. */
  List<FeatureEvent> next() {
    List<FeatureEvent> event = events.get(next);
    next = next + 1 == EVENTS ? 0 : next + 1;
    time += gap;
    event.get(0).time = time;
    return event;
  }

  /** When the last event was. */
  long time() {
    return time;
  }
}
