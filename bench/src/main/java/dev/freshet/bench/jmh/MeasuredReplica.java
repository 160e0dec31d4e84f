package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.item.ItemProfile;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;

/** A replica with items and actions such as a shop may have. */
final class MeasuredReplica {

  /** Actions for each item. */
  private static final int ACTIONS = 5;

  /** How often an action is the first of a session. */
  private static final double NEW_SESSION = 0.2;

  /** Most of a session's items are that near to each other. */
  private static final int NEIGHBOURHOOD = 30;

  private static final int CATEGORIES = 200;
  private static final int BRANDS = 2_000;
  private static final long START = Duration.ofDays(20_000).toMillis();

  private static final long DAY = Duration.ofDays(1).toMillis();

  private final ItemReplica replica;
  private long time = START;

  private MeasuredReplica(int maxItems) {
    replica =
        new ItemReplica(
            new ReplicaSettings(
                new HalfLives(DAY, 30 * DAY, 30 * DAY),
                List.of(),
                List.of("brand", "category"),
                maxItems,
                ReplicaSettings.DEFAULT_SESSIONS));
  }

  /** Holds what the catalog says of so many items: a category and a brand of each. */
  static MeasuredReplica ofCatalog(int items, int maxItems) {
    MeasuredReplica measured = new MeasuredReplica(maxItems);
    for (int item = 0; item < items; item++) {
      measured.replica.apply(measured.catalog(item));
    }
    return measured;
  }

  /** Holds a catalog and the evidence of many sessions. */
  static MeasuredReplica ofSessions(int items, int maxItems) {
    MeasuredReplica measured = ofCatalog(items, maxItems);
    SplittableRandom random = new SplittableRandom(1);
    ArrayDeque<String> session = new ArrayDeque<>();
    ItemProfile[] profiles = new ItemProfile[items];
    int last = 0;
    for (int action = 0; action < ACTIONS * items; action++) {
      if (random.nextDouble() < NEW_SESSION) {
        session.clear();
        last = (int) (items * Math.pow(random.nextDouble(), 2));
      } else {
        int step = (int) (NEIGHBOURHOOD * Math.pow(random.nextDouble(), 2));
        last = Math.floorMod(last + (random.nextBoolean() ? step : -step), items);
      }
      if (profiles[last] == null) {
        profiles[last] = new ItemProfile();
      }
      measured.replica.apply(measured.action(last, profiles[last], session));
      session.remove(id(last));
      session.addFirst(id(last));
      if (session.size() > ItemReplica.COVISIT_REACH) {
        session.removeLast();
      }
    }
    return measured;
  }

  ItemReplica replica() {
    return replica;
  }

  static String id(int item) {
    return "item-" + (1_000_000 + item);
  }

  /** What the catalog says of an item. */
  ItemChange catalog(int item) {
    ItemChange change = change(item);
    change.lastAction = Long.MIN_VALUE;
    change.countTime = Long.MIN_VALUE;
    change.visits = new Visit[0];
    return change;
  }

  private ItemChange action(int item, ItemProfile profile, ArrayDeque<String> before) {
    ItemChange change = change(item);
    FeatureEvent event = new FeatureEvent();
    event.time = time;
    event.action = "view";
    profile.apply(event, new ItemSettings(DAY, 30 * DAY));
    change.lastAction = time;
    change.countTime = profile.countTime;
    change.shortCount = profile.shortCount;
    change.longCount = profile.longCount;
    Visit visit = new Visit();
    visit.user = FeatureEvent.hash("u" + time % 1_000);
    visit.before = before.stream().filter(each -> !each.equals(change.item)).toArray(String[]::new);
    change.visits = new Visit[] {visit};
    return change;
  }

  private ItemChange change(int item) {
    time += 10;
    ItemChange change = new ItemChange();
    change.item = id(item);
    change.time = time;
    change.firstSeen = START;
    change.attributes =
        new String[] {"brand=b" + item % BRANDS, "category=c" + item / 100 % CATEGORIES};
    return change;
  }
}
