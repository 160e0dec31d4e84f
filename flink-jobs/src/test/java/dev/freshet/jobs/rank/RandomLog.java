package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestEvents;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.rank.NaiveEvent.Moment;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ReplicaSettings;
import dev.freshet.ranking.serving.RankerSettings;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
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
 * of the same id, of items that nobody heard of yet; items that are deleted and come back; more
 * sessions and items than ranking keeps; models that take over from each other; and how its events
 * reach the job, out of order within the delay, some of them twice, and some much too late.
 *
 * @param settings of users, with the placements
 * @param models as they are published, before all else
 * @param userEvents of each partition, in the order of arrival
 * @param itemUpdates of each partition, in the order of arrival
 * @param arrivals all of these in another order, beyond any delay
 * @param pauses for late events, which are in none of the above
 */
record RandomLog(
    UserLog log,
    UserSettings settings,
    ReplicaSettings replica,
    List<ModelRecord> models,
    List<List<UserEvent>> userEvents,
    List<List<ItemEvent>> itemUpdates,
    List<Object> arrivals,
    List<Pause> pauses) {

  static final long DELAY = 200;
  static final HalfLives HALF_LIVES = Replicas.HALF_LIVES;

  static final List<String> ATTRIBUTES = List.of("genre", "brand", "stock");

  private static final String MODEL = "default";

  private static final int USERS = 6;
  private static final int PARTITIONS = 3;
  private static final long SESSION_GAP = 1_000;
  private static final long DEDUP_WINDOW = 2_000;
  private static final int PAUSES = 6;
  private static final int MOST_LATE = 6;
  private static final long MOST_SHUFFLED = 5_000;

  private record Arrival<T>(T event, long at) {}

  /**
   * Nothing comes for a while, then what is late.
   *
   * @param watermark that all partitions have come to
   * @param read events of each partition that came before, first those of users
   */
  record Pause(long watermark, List<Integer> read, List<UserEvent> late) {}

  /**
   * A log without late events.
   *
   * @param events actions, requests and item updates
   */
  static RandomLog of(int seed, int events) {
    return of(seed, events, 0);
  }

  static RandomLog withLateEvents(int seed, int events) {
    return of(seed, events, PAUSES);
  }

  private static RandomLog of(int seed, int events, int pauses) {
    Random random = new Random(seed);
    int historyLength = seed % 2 == 0 ? 5 : 12;
    boolean manyItems = seed % 4 == 3;
    UserLog log = log(random, events, seed % 3 == 0 ? 3_000 : 100, manyItems ? 110 : 30);
    UserSettings settings =
        new UserSettings(
            historyLength,
            SESSION_GAP,
            DEDUP_WINDOW,
            7,
            Set.of("purchase"),
            placements(historyLength));
    // More items and sessions than there is room for, in some logs.
    int maxItems = seed % 2 == 0 ? 1_000 : manyItems ? 66 : 16;
    int sessions = seed % 3 == 1 ? 4 : 64;
    List<List<Arrival<UserEvent>>> userArrivals =
        delivered(random, log.userEvents(), UserEvent::user, UserEvent::time, DEDUP_WINDOW - 1);
    List<List<Arrival<ItemEvent>>> itemArrivals =
        delivered(random, log.itemUpdates(), ItemEvent::item, ItemEvent::time, DELAY);
    List<List<? extends Arrival<?>>> all = new ArrayList<>(userArrivals);
    all.addAll(itemArrivals);
    return new RandomLog(
        log,
        settings,
        new ReplicaSettings(HALF_LIVES, List.of(), ATTRIBUTES, maxItems, sessions),
        models(log),
        events(userArrivals),
        events(itemArrivals),
        shuffled(new Random(seed), all),
        pauses(random, log, all, pauses));
  }

  /** The actions of each partition, in the order of arrival. */
  List<List<FeatureEvent>> actions() {
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
    return new RankerSettings(
        settings.historyLength(),
        settings.placements(),
        StoreFeatures.NONE,
        true,
        4,
        true,
        true,
        RankerSettings.SETTLED);
  }

  /** What is to come of it when each waits until the watermark has come to its time. */
  List<NaiveEvent> byWatermark() {
    List<NaiveEvent> events = new ArrayList<>();
    log.userEvents().forEach(event -> events.add(NaiveEvent.onTime(event)));
    log.itemUpdates().forEach(update -> events.add(NaiveEvent.onTime(update)));
    long number = 0;
    for (Pause pause : pauses) {
      for (UserEvent event : pause.late) {
        events.add(NaiveEvent.of(new Moment(pause.watermark, number++), true, event));
      }
    }
    return events;
  }

  /** What is to come of it when each is handled as it arrives; what comes again is not. */
  List<NaiveEvent> onArrival() {
    List<NaiveEvent> events = new ArrayList<>();
    Set<Object> known = new HashSet<>();
    for (Object arrival : arrivals) {
      Moment moment = new Moment(0, events.size());
      if (arrival instanceof ItemEvent update) {
        events.add(new NaiveEvent(moment, false, null, null, update));
      } else if (known.add(arrival)) {
        events.add(NaiveEvent.of(moment, false, (UserEvent) arrival));
      }
    }
    return events;
  }

  NaiveRecommender naive() {
    return new NaiveRecommender(
        settings, replica, new NaiveModels((ModelPlan) models.get(models.size() - 1).getContent()));
  }

  /** Two versions, and a plan of which steps begin at events. */
  private static List<ModelRecord> models(UserLog log) {
    long[] times = log.actions().stream().mapToLong(action -> action.time).sorted().toArray();
    PlanVariant first = new PlanVariant("before", "v8", 10_000);
    PlanVariant second = new PlanVariant("after", "v9", 10_000);
    List<PlanStep> steps =
        List.of(
            step(times, 0.2, List.of("v9"), first),
            step(
                times,
                0.4,
                List.of("v8", "v9"),
                new PlanVariant("new", "v9", 4_000),
                new PlanVariant("old", "v8", 6_000)),
            step(times, 0.7, List.of(), second));
    return List.of(
        new ModelRecord(TestModel.release(MODEL, "v8")),
        new ModelRecord(TestModel.release(MODEL, "v9")),
        new ModelRecord(new ModelPlan(MODEL, steps, null)));
  }

  private static PlanStep step(
      long[] times, double share, List<String> shadows, PlanVariant... variants) {
    long from = times[(int) (share * times.length)];
    return new PlanStep(Instant.ofEpochMilli(from), List.of(variants), shadows, "", Instant.EPOCH);
  }

  private static <T> List<List<T>> events(List<List<Arrival<T>>> arrivals) {
    return arrivals.stream()
        .<List<T>>map(each -> new ArrayList<>(each.stream().map(Arrival::event).toList()))
        .toList();
  }

  /** Events that are not far from each other, in any order. */
  private static List<Object> shuffled(Random random, List<List<? extends Arrival<?>>> arrivals) {
    List<Arrival<?>> shuffled = new ArrayList<>();
    arrivals.forEach(
        partition ->
            partition.forEach(
                each ->
                    shuffled.add(
                        new Arrival<>(each.event(), each.at() + random.nextLong(MOST_SHUFFLED)))));
    shuffled.sort(Comparator.comparingLong(Arrival::at));
    return new ArrayList<>(shuffled.stream().map(Arrival::event).toList());
  }

  /** What is late then happened up to the watermark, some of it at the very moment. */
  private static List<Pause> pauses(
      Random random, UserLog log, List<List<? extends Arrival<?>>> arrivals, int count) {
    long[] times = log.actions().stream().mapToLong(action -> action.time).sorted().toArray();
    List<Pause> pauses = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      long watermark = times[number * (times.length - 1) / (count + 1)];
      List<Integer> read = new ArrayList<>();
      for (List<? extends Arrival<?>> partition : arrivals) {
        read.add(
            (int) partition.stream().filter(each -> each.at() <= watermark + DELAY + 1).count());
      }
      List<UserEvent> late = new ArrayList<>();
      for (int left = 1 + random.nextInt(MOST_LATE); left > 0; left--) {
        long time = watermark - (random.nextInt(4) == 0 ? 0 : random.nextInt(3_000));
        String id = random.nextInt(3) + "-late-" + number + "-" + left;
        String user = "u" + random.nextInt(USERS);
        late.add(
            random.nextInt(4) == 0
                ? UserEvent.of(request(random, id, user, time, 30))
                : UserEvent.of(action(random, id, user, time, 30)));
      }
      pauses.add(new Pause(watermark, read, late));
    }
    return pauses;
  }

  private static List<Placement> placements(int historyLength) {
    return List.of(
        Placements.of(
                quotas(
                    "recent=3",
                    "transitions=3",
                    "covisits=5",
                    "knn=4",
                    "embedding=4",
                    "trending=4",
                    "popular=5",
                    "new=4",
                    "same-genre=4"))
            .history(historyLength)
            .listSize(6)
            .maxCandidates(20)
            .without(Exclusion.SEEN)
            .most("genre", 2)
            .explore(1)
            .named("home"),
        Placements.of(quotas("transitions=4", "embedding=4", "covisits=4", "knn=4", "same-brand=4"))
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
        Placements.of(quotas("knn=4", "trending=3", "recent=3"))
            .askedBy("purchase", "cart")
            .history(3)
            .listSize(8)
            .without(Exclusion.SEEN_IN_SESSION, Exclusion.BOUGHT)
            .most("brand", 3)
            .fallback("transitions", "embedding", "new")
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

  private static UserLog log(Random random, int events, int step, int items) {
    List<FeatureEvent> actions = new ArrayList<>();
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
        case 0 -> requests.add(request(random, id + requestsOf[user]++, "u" + user, time, items));
        case 1 -> updates.add(update(random, id + number, time, items));
        default -> {
          boolean twins = random.nextInt(8) == 0;
          String actionId = twins ? "twin-" + number : id + actionsOf[user]++;
          FeatureEvent action = action(random, actionId, "u" + user, time, items);
          actions.add(action);
          lastOf[user] = time;
          if (twins) {
            // Another user's action on the same item, at the same time, and of the same id.
            FeatureEvent twin = action(random, actionId, "u" + (user + 1) % USERS, time, items);
            twin.item = action.item;
            actions.add(twin);
          }
        }
      }
    }
    return new UserLog(actions, requests, updates);
  }

  private static FeatureEvent action(Random random, String id, String user, long time, int items) {
    String item = random.nextInt(20) == 0 ? null : item(random, items);
    FeatureEvent action = TestEvents.action(id, user, item, time);
    action.action = List.of("view", "view", "view", "cart", "purchase").get(random.nextInt(5));
    // Some users' producers name sessions.
    if (user.equals("u0") || user.equals("u1")) {
      action.session = random.nextInt(8) == 0 ? null : "s" + time / 1_500;
    }
    return action;
  }

  private static ListRequest request(Random random, String id, String user, long time, int items) {
    ListRequest request = new ListRequest();
    request.requestId = id;
    request.user = user;
    request.time = time;
    request.placement =
        List.of("home", "similar", "shelf", "shelf", "plain").get(random.nextInt(5));
    request.item = random.nextBoolean() ? item(random, items) : null;
    if (request.placement.equals("shelf") ? random.nextInt(5) > 0 : random.nextInt(5) == 0) {
      request.candidates = new String[1 + random.nextInt(15)];
      for (int place = 0; place < request.candidates.length; place++) {
        request.candidates[place] = item(random, items);
      }
    }
    return request;
  }

  private static ItemEvent update(Random random, String id, long time, int items) {
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
        item(random, items),
        time,
        random.nextInt(4) == 0,
        attributes.stream().sorted().toArray(String[]::new));
  }

  /** Some are popular, some rare. */
  private static String item(Random random, int items) {
    return "i" + (int) (items * Math.pow(random.nextDouble(), 1.5));
  }

  /** Events by partition, each at most the delay after its time, some again until later. */
  private static <T> List<List<Arrival<T>>> delivered(
      Random random,
      List<T> events,
      Function<T, String> key,
      ToLongFunction<T> time,
      long repeatedUntil) {
    List<List<Arrival<T>>> partitions = new ArrayList<>();
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
      partitions.add(arrivals);
    }
    return partitions;
  }
}
