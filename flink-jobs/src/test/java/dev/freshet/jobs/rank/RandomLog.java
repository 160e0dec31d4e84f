package dev.freshet.jobs.rank;

import dev.freshet.jobs.TestEvents;
import dev.freshet.jobs.event.Action;
import dev.freshet.jobs.event.ItemEvent;
import dev.freshet.jobs.event.ListRequest;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.features.StoreFeatures;
import dev.freshet.jobs.rank.Placement.Exclusion;
import dev.freshet.jobs.user.UserSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A random log of a small shop, in which all that is rare happens often: events of the same time,
 * of the same id, of items that nobody heard of yet; items that are deleted and come back; and how
 * its events reach the job, out of order within the delay, some of them twice.
 *
 * @param settings of users, with the placements
 * @param userEvents of each partition, in the order of arrival
 * @param itemUpdates of each partition, in the order of arrival
 */
record RandomLog(
    UserLog log,
    UserSettings settings,
    List<List<UserEvent>> userEvents,
    List<List<ItemEvent>> itemUpdates) {

  static final long DELAY = 200;
  static final HalfLives HALF_LIVES = RecordedStream.HALF_LIVES;

  /** What the naive recommender knows of; sessions and vectors have oracles of their own. */
  static final List<String> FEATURES =
      RankingFeatures.NAMES.stream()
          .filter(name -> !name.startsWith("knn") && !name.startsWith("embedding"))
          .toList();

  static final List<String> ATTRIBUTES = List.of("genre", "brand", "stock");

  private static final int USERS = 6;
  private static final int ITEMS = 30;
  private static final int PARTITIONS = 3;
  private static final long SESSION_GAP = 1_000;
  private static final long DEDUP_WINDOW = 2_000;

  private record Arrival<T>(T event, long at) {}

  /**
   * @param events actions, requests and item updates
   */
  static RandomLog of(int seed, int events) {
    Random random = new Random(seed);
    int historyLength = seed % 2 == 0 ? 5 : 12;
    UserLog log = log(random, events, seed % 3 == 0 ? 3_000 : 100);
    UserSettings settings =
        new UserSettings(
            historyLength,
            SESSION_GAP,
            DEDUP_WINDOW,
            7,
            Set.of("purchase"),
            placements(historyLength));
    return new RandomLog(
        log,
        settings,
        delivered(random, log.userEvents(), UserEvent::user, UserEvent::time, DEDUP_WINDOW - 1),
        delivered(random, log.itemUpdates(), update -> update.item, update -> update.time, DELAY));
  }

  static ReplicaSettings replica() {
    return new ReplicaSettings(HALF_LIVES, StoreFeatures.NONE, ATTRIBUTES, 1_000, 64);
  }

  /** The actions of each partition, in the order of arrival. */
  List<List<Action>> actions() {
    return some(event -> event.action);
  }

  /** The requests of each partition, in the order of arrival. */
  List<List<ListRequest>> requests() {
    return some(event -> event.request);
  }

  private <T> List<List<T>> some(Function<UserEvent, T> which) {
    List<List<T>> some = new ArrayList<>();
    for (List<UserEvent> partition : userEvents) {
      some.add(new ArrayList<>(partition.stream().map(which).filter(Objects::nonNull).toList()));
    }
    return some;
  }

  RankerSettings ranker() {
    return new RankerSettings(settings.historyLength(), settings.placements(), true, 4, true, true);
  }

  List<NaiveList> expected() {
    return new NaiveRecommender(
            settings, HALF_LIVES, TestModel.ranker(FEATURES.size()), TestModel.VERSION)
        .recommend(log);
  }

  private static List<Placement> placements(int historyLength) {
    return List.of(
        Placements.of(
                quotas(
                    "recent=3",
                    "transitions=3",
                    "covisits=5",
                    "trending=4",
                    "popular=5",
                    "new=4",
                    "same-genre=4"))
            .history(historyLength)
            .listSize(6)
            .maxCandidates(16)
            .without(Exclusion.SEEN)
            .most("genre", 2)
            .explore(1)
            .named("home"),
        Placements.of(quotas("transitions=4", "covisits=4", "same-brand=4"))
            .askedBy("view")
            .history(1)
            .listSize(5)
            .without(Exclusion.CURRENT)
            .require("stock", "yes", "soon")
            .forbid("genre", "g0")
            .fallback("popular")
            .named("similar"),
        Placements.of(quotas("popular=10"))
            .askedBy()
            .history(historyLength)
            .listSize(3)
            .named("shelf"),
        Placements.of(quotas("trending=3", "recent=3", "covisits=3"))
            .askedBy("purchase", "cart")
            .history(3)
            .listSize(8)
            .without(Exclusion.SEEN_IN_SESSION, Exclusion.BOUGHT)
            .most("brand", 3)
            .fallback("transitions", "new")
            .model(Placement.NO_MODEL)
            .named("plain"));
  }

  private static Map<String, Integer> quotas(String... sources) {
    Map<String, Integer> quotas = new LinkedHashMap<>();
    for (String source : sources) {
      String[] parts = source.split("=", 2);
      quotas.put(parts[0], Integer.parseInt(parts[1]));
    }
    return quotas;
  }

  private static UserLog log(Random random, int events, int step) {
    List<Action> actions = new ArrayList<>();
    List<ListRequest> requests = new ArrayList<>();
    List<ItemEvent> updates = new ArrayList<>();
    int[] actionsOf = new int[USERS];
    int[] requestsOf = new int[USERS];
    long[] lastOf = new long[USERS];
    long time = 1_000_000;
    for (int number = 0; number < events; number++) {
      if (random.nextInt(3) > 0) {
        time += random.nextInt(step + 1);
      }
      int user = random.nextInt(USERS);
      if (random.nextInt(5) == 0 && lastOf[user] + SESSION_GAP >= time) {
        time = lastOf[user] + SESSION_GAP; // the session goes on, just about
      }
      // Ids sort in no order of time, and are unlike only to one user's others of the same kind.
      String id = random.nextInt(3) + "-";
      switch (random.nextInt(8)) {
        case 0 -> requests.add(request(random, id + requestsOf[user]++, "u" + user, time));
        case 1 -> updates.add(update(random, id + number, time));
        default -> {
          boolean twins = random.nextInt(8) == 0;
          String actionId = twins ? "twin-" + number : id + actionsOf[user]++;
          Action action = action(random, actionId, "u" + user, time);
          actions.add(action);
          lastOf[user] = time;
          if (twins) {
            // Another user's action on the same item, at the same time, and of the same id.
            Action twin = action(random, actionId, "u" + (user + 1) % USERS, time);
            twin.item = action.item;
            actions.add(twin);
          }
        }
      }
    }
    return new UserLog(actions, requests, updates);
  }

  private static Action action(Random random, String id, String user, long time) {
    String item = random.nextInt(20) == 0 ? null : item(random);
    Action action = TestEvents.action(id, user, item, time);
    action.type = List.of("view", "view", "view", "cart", "purchase").get(random.nextInt(5));
    // Some users' producers name sessions.
    if (user.equals("u0") || user.equals("u1")) {
      action.session = random.nextInt(8) == 0 ? null : "s" + time / 1_500;
    }
    return action;
  }

  private static ListRequest request(Random random, String id, String user, long time) {
    ListRequest request = new ListRequest();
    request.requestId = id;
    request.user = user;
    request.time = time;
    request.placement =
        List.of("home", "similar", "shelf", "shelf", "plain").get(random.nextInt(5));
    request.item = random.nextBoolean() ? item(random) : null;
    if (request.placement.equals("shelf") ? random.nextInt(5) > 0 : random.nextInt(5) == 0) {
      request.candidates = new String[1 + random.nextInt(15)];
      for (int place = 0; place < request.candidates.length; place++) {
        request.candidates[place] = item(random);
      }
    }
    return request;
  }

  private static ItemEvent update(Random random, String id, long time) {
    List<String> attributes = new ArrayList<>();
    for (int genre = random.nextInt(4); genre > 0; genre--) {
      attributes.add("genre=g" + random.nextInt(4));
    }
    if (random.nextInt(4) > 0) {
      attributes.add("brand=b" + random.nextInt(3));
    }
    attributes.add("stock=" + List.of("yes", "yes", "soon", "no").get(random.nextInt(4)));
    attributes.add("other=x");
    return TestEvents.catalog(
        id,
        item(random),
        time,
        random.nextInt(4) == 0,
        attributes.stream().sorted().toArray(String[]::new));
  }

  /** Some are popular, some rare. */
  private static String item(Random random) {
    return "i" + (int) (ITEMS * Math.pow(random.nextDouble(), 1.5));
  }

  /** Events by partition, each at most the delay after its time, some again until later. */
  private static <T> List<List<T>> delivered(
      Random random,
      List<T> events,
      Function<T, String> key,
      ToLongFunction<T> time,
      long repeatedUntil) {
    List<List<T>> partitions = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<Arrival<T>> arrivals = new ArrayList<>();
      for (T event : events) {
        if (Math.floorMod(key.apply(event).hashCode(), PARTITIONS) == partition) {
          // Many at the last moment.
          long delay = random.nextInt(4) == 0 ? DELAY : random.nextLong(DELAY + 1);
          long first = time.applyAsLong(event) + delay;
          arrivals.add(new Arrival<>(event, first));
          if (random.nextInt(6) == 0) {
            long second = time.applyAsLong(event) + random.nextLong(repeatedUntil + 1);
            arrivals.add(new Arrival<>(event, second));
          }
        }
      }
      Collections.shuffle(arrivals, random);
      arrivals.sort(Comparator.comparingLong(Arrival::at));
      partitions.add(new ArrayList<>(arrivals.stream().map(Arrival::event).toList()));
    }
    return partitions;
  }
}
