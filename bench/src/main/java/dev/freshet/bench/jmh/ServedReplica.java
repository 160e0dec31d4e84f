package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A replica as after some time of service, and requests to it: users, each with a taste, visit
 * items of which few are visited often (Zipf's law), as people rate films.
 */
final class ServedReplica {

  private static final int HISTORY = 20;
  private static final int TASTES = 40;
  private static final int VISITS_PER_USER = 20;
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long START = 365L * 40 * DAY;

  /** How far apart visits are: 100,000 of them last a good month. */
  private static final long STEP = Duration.ofSeconds(30).toMillis();

  private final SplittableRandom random = new SplittableRandom(42);
  private final int items;
  private final double[] upTo;
  private final ItemReplica replica;
  private final int[] visitsOfItem;
  private long now = START;

  ServedReplica(int items, int visits) {
    this.items = items;
    visitsOfItem = new int[items];
    upTo = new double[items];
    double sum = 0;
    for (int rank = 0; rank < items; rank++) {
      sum += 1 / Math.pow(rank + 10, 0.8);
      upTo[rank] = sum;
    }
    replica =
        new ItemReplica(
            new ReplicaSettings(
                new HalfLives(DAY, 30 * DAY, 30 * DAY),
                List.of(),
                List.of(),
                ReplicaSettings.DEFAULT_MAX_ITEMS,
                ReplicaSettings.DEFAULT_SESSIONS));
    int users = Math.max(1, visits / VISITS_PER_USER);
    String[][] recent = new String[users][0];
    for (int visit = 0; visit < visits; visit++) {
      int user = random.nextInt(users);
      int item = itemFor(user);
      String id = id(item);
      recent[user] = with(recent[user], id);
      replica.apply(change(item, user, recent[user]));
      now += STEP;
    }
  }

  private static String id(int item) {
    return "item-" + item;
  }

  /** Two thirds are of the user's taste. */
  private int itemFor(int user) {
    int at = Arrays.binarySearch(upTo, random.nextDouble(upTo[items - 1]));
    int item = Math.min(items - 1, at < 0 ? -1 - at : at);
    int taste = user % TASTES;
    return random.nextInt(3) < 2 ? Math.min(items - 1, item / TASTES * TASTES + taste) : item;
  }

  private static String[] with(String[] recent, String id) {
    List<String> items = new ArrayList<>(List.of(recent));
    items.remove(id);
    items.add(0, id);
    return items.subList(0, Math.min(HISTORY, items.size())).toArray(String[]::new);
  }

  private ItemChange change(int item, int user, String[] recent) {
    ItemChange change = new ItemChange();
    change.item = id(item);
    change.time = now;
    change.countTime = now;
    change.firstSeen = START;
    change.lastAction = now;
    change.shortCount = ++visitsOfItem[item] / 30.0;
    change.longCount = visitsOfItem[item];
    Visit visit = new Visit();
    visit.user = FeatureEvent.hash("user-" + user);
    visit.before = Arrays.copyOfRange(recent, 1, Math.max(1, recent.length));
    change.visits = new Visit[] {visit};
    return change;
  }

  ItemReplica replica() {
    return replica;
  }

  /** Requests of users who are new, each with a full history. */
  RankRequest[] requests(int count) {
    RankRequest[] requests = new RankRequest[count];
    for (int number = 0; number < count; number++) {
      String[] recent = {};
      while (recent.length < HISTORY) {
        recent = with(recent, id(itemFor(number)));
      }
      RankRequest request = new RankRequest();
      request.eventId = "request-" + number;
      request.user = "asking-" + number;
      request.time = now;
      request.recent = recent;
      request.recentInSession = 5;
      request.actions = 40;
      request.repeats = 4;
      request.sessionPosition = 6;
      requests[number] = request;
    }
    return requests;
  }
}
