package dev.freshet.jobs.features;

import static dev.freshet.jobs.TestEvents.seen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue.Status;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.RowUpdater;
import dev.freshet.jobs.event.EntityEvent;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.flow.EventOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntityFeaturesTest {

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final int MAX_PARALLELISM = 16;

  private static final String USER_ACTIONS = feature("actions", "user", "count");
  private static final String USER_VIEWS =
      feature("views_1m", "user", "count", "actions: view", "window: 1m", "tile: 10s");
  private static final String USER_RECENT = feature("recent", "user", "count", "ttl: 30s");
  private static final String ITEM_BUYS = feature("buys", "item", "count", "actions: buy");
  private static final String ITEM_SCORE =
      feature("score", "item", "given", "source: store", "shape: number");
  private static final String PAIR_ACTIONS = feature("actions", "user_item", "count", "ttl: 2m");
  private static final String ALL_ACTIONS =
      feature("actions_5m", "global", "count", "window: 5m", "tile: 1m");

  private static final FeatureCatalog CATALOG =
      catalog(
          USER_ACTIONS, USER_VIEWS, USER_RECENT, ITEM_BUYS, ITEM_SCORE, PAIR_ACTIONS, ALL_ACTIONS);

  private final List<Job> jobs = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Job job : jobs) {
      job.close();
    }
  }

  private static String feature(String name, String entity, String type, String... more) {
    StringBuilder yaml = new StringBuilder("  - name: " + name);
    for (String line : List.of("entity: " + entity, "type: " + type, "description: a test")) {
      yaml.append("\n    ").append(line);
    }
    for (String line : more) {
      yaml.append("\n    ").append(line);
    }
    return yaml.append('\n').toString();
  }

  private static FeatureCatalog catalog(String... features) {
    return FeatureCatalog.parse("test.yaml", "features:\n" + String.join("", features));
  }

  private Job job(FeatureCatalog catalog) throws Exception {
    return job(catalog, EventOrder.BY_WATERMARK, 1);
  }

  private Job job(FeatureCatalog catalog, EventOrder order, int parallelism) throws Exception {
    Job job = new Job(catalog, order, parallelism);
    jobs.add(job);
    return job;
  }

  /** The two operators, the keyed one with some subtasks, and all rows that came out. */
  private static final class Job {
    final FeatureCatalog catalog;
    final EntityEvents entities;
    final List<KeyedOneInputStreamOperatorTestHarness<String, EntityEvent, FeatureUpdate>>
        subtasks = new ArrayList<>();

    /** By entity and id, each row in hexadecimal digits. */
    final Map<String, List<String>> rows = new TreeMap<>();

    Job(FeatureCatalog catalog, EventOrder order, int parallelism) throws Exception {
      this.catalog = catalog;
      entities = new EntityEvents(catalog);
      entities.open(null);
      for (int subtask = 0; subtask < parallelism; subtask++) {
        subtasks.add(
            new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new EntityFeatures(catalog, order)),
                EntityEvent::key,
                Types.STRING,
                MAX_PARALLELISM,
                parallelism,
                subtask));
      }
    }

    /** Starts, where another has ended if a state is given. */
    Job start(OperatorSubtaskState state, int formerParallelism) throws Exception {
      for (int subtask = 0; subtask < subtasks.size(); subtask++) {
        var harness = subtasks.get(subtask);
        if (state != null) {
          harness.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, formerParallelism, subtasks.size(), subtask));
        }
        harness.open();
      }
      return this;
    }

    Job start() throws Exception {
      return start(null, 1);
    }

    OperatorSubtaskState stop() throws Exception {
      List<OperatorSubtaskState> states = new ArrayList<>();
      for (var harness : subtasks) {
        states.add(harness.snapshot(1, 1));
      }
      close();
      return AbstractStreamOperatorTestHarness.repackageState(
          states.toArray(OperatorSubtaskState[]::new));
    }

    void close() throws Exception {
      for (var harness : subtasks) {
        harness.close();
      }
      subtasks.clear();
    }

    void arrive(FeatureEvent... events) throws Exception {
      for (FeatureEvent event : events) {
        List<EntityEvent> concerned = new ArrayList<>();
        entities.flatMap(event, new ListCollector<>(concerned));
        for (EntityEvent next : concerned) {
          int subtask =
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  next.key(), MAX_PARALLELISM, subtasks.size());
          subtasks.get(subtask).processElement(next, event.time);
        }
      }
      take();
    }

    void watermark(long time) throws Exception {
      for (var harness : subtasks) {
        harness.processWatermark(time);
      }
      take();
    }

    private void take() {
      for (var harness : subtasks) {
        for (FeatureUpdate update : harness.extractOutputValues()) {
          rows.computeIfAbsent(update.entity + ":" + update.id, key -> new ArrayList<>())
              .add(HexFormat.of().formatHex(update.packed));
        }
        harness.getOutput().clear();
      }
    }

    byte[] packed(Entity entity, String id) {
      List<String> ofEntity = rows.get(entity + ":" + id);
      return HexFormat.of().parseHex(ofEntity.get(ofEntity.size() - 1));
    }

    /** The last row of an entity. */
    FeatureRow row(Entity entity, String id) {
      return new FeatureRow(
          catalog,
          entity,
          id,
          Map.of(catalog.computed(entity).orElseThrow().name(), packed(entity, id)));
    }

    long count(Entity entity, String id, String feature, long time) {
      return row(entity, id).at(time).getLong(feature).orElse(0);
    }

    /** Entities of which a row is kept. */
    List<String> kept() {
      List<String> keys = new ArrayList<>();
      for (var harness : subtasks) {
        try (Stream<Object> found =
            harness
                .getOperator()
                .getKeyedStateBackend()
                .getKeys("row", VoidNamespace.INSTANCE)
                .map(key -> (Object) key)) {
          found.forEach(key -> keys.add((String) key));
        }
      }
      Collections.sort(keys);
      return keys;
    }

    int timers() {
      return subtasks.stream()
          .mapToInt(AbstractStreamOperatorTestHarness::numEventTimeTimers)
          .sum();
    }

    int stateEntries() {
      return subtasks.stream()
          .mapToInt(KeyedOneInputStreamOperatorTestHarness::numKeyedStateEntries)
          .sum();
    }
  }

  private static FeatureEvent bought(String eventId, String user, String item, long time) {
    FeatureEvent event = seen(eventId, user, item, time);
    event.action = "buy";
    return event;
  }

  /** The catalog's word on an item. */
  private static FeatureEvent told(String eventId, String item, long time) {
    FeatureEvent event = seen(eventId, null, item, time);
    event.action = null;
    return event;
  }

  /** Events in order: of the same time, within tiles, and with pauses beyond the TTLs. */
  private static List<FeatureEvent> randomEvents(Random random, int count) {
    List<FeatureEvent> events = new ArrayList<>();
    long time = 1_000_000;
    for (int number = 0; number < count; number++) {
      time +=
          switch (random.nextInt(10)) {
            case 0, 1, 2 -> 0;
            case 3, 4, 5, 6 -> random.nextInt(5_000);
            case 7, 8 -> random.nextInt(30_000);
            default -> random.nextInt(100_000);
          };
      String item = random.nextInt(8) == 0 ? null : "i" + random.nextInt(4);
      FeatureEvent event = seen("e" + number, "u" + random.nextInt(3), item, time);
      event.action = random.nextBoolean() ? "view" : "buy";
      events.add(event);
    }
    events.sort(FeatureEvent.EVENT_ORDER);
    return events;
  }

  /** What happens at one arrival. */
  @FunctionalInterface
  private interface Step {
    /** Gives the job that goes on. */
    Job after(int arrived, Job job) throws Exception;
  }

  /** Lets events arrive by their time and up to a delay, with the watermark as far as may be. */
  private static Job run(Job job, List<FeatureEvent> events, int delay, Random random, Step step)
      throws Exception {
    TreeMap<Long, List<FeatureEvent>> arrivals = new TreeMap<>();
    for (FeatureEvent event : events) {
      long arrival = event.time + (delay == 0 ? 0 : random.nextInt(delay));
      arrivals.computeIfAbsent(arrival, time -> new ArrayList<>()).add(event);
    }
    Job running = job;
    int arrived = 0;
    for (var together : arrivals.entrySet()) {
      running.watermark(together.getKey() - delay - 1);
      Collections.shuffle(together.getValue(), random);
      for (FeatureEvent event : together.getValue()) {
        running.arrive(event);
        running = step.after(++arrived, running);
      }
    }
    running.watermark(events.get(events.size() - 1).time);
    return running;
  }

  private static Job run(Job job, List<FeatureEvent> events, int delay, Random random)
      throws Exception {
    return run(job, events, delay, random, (arrived, running) -> running);
  }

  @Test
  void anActionReachesEveryEntityThatItConcerns() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(bought("e1", "u/1", "i", 10));
    job.watermark(10);
    assertThat(job.rows).containsOnlyKeys("user:u/1", "item:i", "user_item:u%2F1/i", "global:all");
    assertThat(job.count(Entity.USER, "u/1", "actions", 10)).isEqualTo(1);
    assertThat(job.count(Entity.ITEM, "i", "buys", 10)).isEqualTo(1);
    assertThat(job.count(Entity.USER_ITEM, "u%2F1/i", "actions", 10)).isEqualTo(1);
    assertThat(job.count(Entity.GLOBAL, "all", "actions_5m", 10)).isEqualTo(1);
  }

  @Test
  void anActionWithoutAnItemConcernsNoItem() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(bought("e1", "u", null, 10));
    job.watermark(10);
    assertThat(job.rows).containsOnlyKeys("user:u", "global:all");
  }

  @Test
  void anEntityWhoseFeaturesDoNotLookAtAnEventHearsNothingOfIt() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(seen("e1", "u", "i", 10), told("c1", "i", 10));
    job.watermark(10);
    assertThat(job.rows).containsOnlyKeys("user:u", "user_item:u/i", "global:all");
    assertThat(job.rows.values()).allSatisfy(rows -> assertThat(rows).hasSize(1));
    assertThat(job.kept()).containsExactly("global:all", "user:u", "user_item:u/i");
  }

  @Test
  void anEntityWithGivenFeaturesAloneIsTheStoresAffair() throws Exception {
    Job job = job(catalog(ITEM_SCORE, USER_ACTIONS)).start();
    job.arrive(bought("e1", "u", "i", 10));
    job.watermark(10);
    assertThat(job.rows).containsOnlyKeys("user:u");
  }

  @Test
  void eventsOfOneTimeBecomeOneRowAndOfTwoTimesTwo() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(seen("e3", "u", "a", 20), seen("e2", "u", "a", 10), seen("e1", "u", "b", 10));
    job.watermark(9);
    assertThat(job.rows).isEmpty();
    job.watermark(Long.MAX_VALUE - 1);
    assertThat(job.rows.get("user:u")).hasSize(2);
    assertThat(job.count(Entity.USER, "u", "actions", 20)).isEqualTo(3);
    assertThat(job.row(Entity.USER, "u").version()).isEqualTo(new FeatureVersion(20, 3));
  }

  /** The reference is a list of all events, gone through at each read. */
  @Test
  void theRowsSayWhatACountOverAllEventsSays() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<FeatureEvent> events = randomEvents(random, 80);
      Job job = run(job(CATALOG).start(), events, 20_000, random);
      long end = events.get(events.size() - 1).time;
      for (int read = 0; read < 20; read++) {
        long now = end + read * 10 * SECOND;
        for (String user : List.of("u0", "u1", "u2")) {
          List<FeatureEvent> own = events.stream().filter(e -> e.user.equals(user)).toList();
          assertThat(job.count(Entity.USER, user, "actions", now)).isEqualTo(own.size());
          long firstTile = now / (10 * SECOND) - 5;
          assertThat(job.count(Entity.USER, user, "views_1m", now))
              .isEqualTo(
                  own.stream()
                      .filter(e -> e.action.equals("view") && e.time / (10 * SECOND) >= firstTile)
                      .count());
          assertThat(job.count(Entity.USER, user, "recent", now)).isEqualTo(recent(own, now));
        }
        long firstTile = now / MINUTE - 4;
        assertThat(job.count(Entity.GLOBAL, "all", "actions_5m", now))
            .isEqualTo(events.stream().filter(e -> e.time / MINUTE >= firstTile).count());
      }
    }
  }

  private static long recent(List<FeatureEvent> events, long now) {
    long last = Long.MIN_VALUE;
    long count = 0;
    for (FeatureEvent event : events) {
      count = last != Long.MIN_VALUE && event.time - last > 30 * SECOND ? 1 : count + 1;
      last = event.time;
    }
    return now - last > 30 * SECOND ? 0 : count;
  }

  @Test
  void disorderWithinTheWatermarkGivesTheSameRowsByteForByte() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<FeatureEvent> events = randomEvents(random, 100);
      Job inOrder = run(job(CATALOG).start(), events, 0, random);
      Job shuffled = run(job(CATALOG).start(), events, 40_000, random);
      assertThat(shuffled.rows).isEqualTo(inOrder.rows);
      Job split = run(job(CATALOG, EventOrder.BY_WATERMARK, 3).start(), events, 9_000, random);
      assertThat(split.rows).isEqualTo(inOrder.rows);
    }
  }

  @Test
  void aRestoreInTheMiddleWithMoreOrFewerSubtasksGivesTheSameRows() throws Exception {
    for (int seed = 0; seed < 8; seed++) {
      for (int[] parallelism : new int[][] {{1, 1}, {1, 2}, {2, 1}, {2, 3}}) {
        Random random = new Random(seed);
        List<FeatureEvent> events = randomEvents(random, 60);
        Job expected = run(job(CATALOG).start(), events, 0, random);
        int restoreAt = 10 + random.nextInt(40);
        Job restored =
            run(
                job(CATALOG, EventOrder.BY_WATERMARK, parallelism[0]).start(),
                events,
                40_000,
                random,
                (arrived, running) -> {
                  if (arrived != restoreAt) {
                    return running;
                  }
                  assertThat(running.timers()).as("something waits").isPositive();
                  Job next = job(CATALOG, EventOrder.BY_WATERMARK, parallelism[1]);
                  next.start(running.stop(), parallelism[0]);
                  next.rows.putAll(running.rows);
                  return next;
                });
        assertThat(restored.rows).isEqualTo(expected.rows);
        assertThat(restored.kept()).isEqualTo(expected.kept());
      }
    }
  }

  @Test
  void aLateEventLandsInItsTile() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(seen("e2", "u", "i", 95 * SECOND));
    job.watermark(100 * SECOND);
    job.arrive(seen("e1", "u", "i", 55 * SECOND));
    assertThat(job.rows.get("user:u")).as("told at once").hasSize(2);
    assertThat(job.count(Entity.USER, "u", "views_1m", 100 * SECOND)).isEqualTo(2);
    assertThat(job.count(Entity.USER, "u", "views_1m", 110 * SECOND)).isEqualTo(1);
    assertThat(job.count(Entity.USER, "u", "actions", 110 * SECOND)).isEqualTo(2);
  }

  @Test
  void aLateEventMakesANewerVersionOfTheSameEventTime() throws Exception {
    Job job = job(CATALOG).start();
    job.arrive(seen("e2", "u", "i", 200));
    job.watermark(200);
    job.arrive(seen("e1", "u", "i", 100), seen("e0", "u", "i", 50));
    assertThat(job.rows.get("user:u").stream().map(HexFormat.of()::parseHex))
        .extracting(RowUpdater::version)
        .containsExactly(
            new FeatureVersion(200, 1), new FeatureVersion(200, 2), new FeatureVersion(200, 3));
  }

  @Test
  void onArrivalNothingWaits() throws Exception {
    Job job = job(CATALOG, EventOrder.ON_ARRIVAL, 1).start();
    job.arrive(seen("e2", "u", "i", 20), seen("e1", "u", "i", 10));
    assertThat(job.rows.get("user:u")).hasSize(2);
    assertThat(job.row(Entity.USER, "u").version()).isEqualTo(new FeatureVersion(20, 2));
  }

  @Test
  void anEntityIsForgottenWhenItsWindowsHavePassedAndNotBefore() throws Exception {
    Job job = job(catalog(USER_VIEWS, ITEM_BUYS)).start();
    job.arrive(seen("e1", "u", "i", 5_000), bought("e2", "v", "i", 5_000));
    job.watermark(5_000 + MINUTE);
    assertThat(job.kept()).containsExactly("item:i", "user:u");
    job.watermark(5_000 + MINUTE + 1);
    assertThat(job.kept()).as("the item's count has no end").containsExactly("item:i");
    assertThat(job.timers()).isZero();
    assertThat(job.stateEntries()).as("the item's row alone").isEqualTo(1);
  }

  @Test
  void whatHasNoEndKeepsTheEntityWithAllItsFeatures() throws Exception {
    Job job = job(catalog(USER_VIEWS, USER_ACTIONS)).start();
    job.arrive(seen("e1", "u", "i", 5_000));
    job.watermark(1_000 * MINUTE);
    assertThat(job.kept()).containsExactly("user:u");
    assertThat(job.timers()).isZero();
  }

  /** The longest of the group counts: the row is written as one. */
  @Test
  void theLongestRetentionDecides() throws Exception {
    Job job = job(catalog(USER_RECENT, USER_VIEWS)).start();
    job.arrive(seen("e1", "u", "i", 0));
    job.watermark(MINUTE);
    assertThat(job.kept()).containsExactly("user:u");
    job.watermark(MINUTE + 1);
    assertThat(job.kept()).isEmpty();
  }

  @Test
  void untilTheTtlAnEventCountsOnAndAfterItAnew() throws Exception {
    FeatureCatalog catalog = catalog(USER_RECENT);
    for (long pause : List.of(30 * SECOND, 30 * SECOND + 1)) {
      Job job = job(catalog).start();
      job.arrive(seen("e1", "u", "i", 1_000));
      job.watermark(1_000 + pause - 1);
      job.arrive(seen("e2", "u", "i", 1_000 + pause));
      job.watermark(1_000 + pause);
      assertThat(job.kept()).containsExactly("user:u");
      int events = pause == 30 * SECOND ? 2 : 1;
      assertThat(job.count(Entity.USER, "u", "recent", 1_000 + pause)).isEqualTo(events);
      assertThat(job.row(Entity.USER, "u").version())
          .isEqualTo(new FeatureVersion(1_000 + pause, events));
      assertThat(job.row(Entity.USER, "u").at(1_000 + 2 * pause + 2).get("recent").status())
          .isEqualTo(Status.EXPIRED);
    }
  }

  @Test
  void eventsPutOffForgettingAndTimersDoNotPileUp() throws Exception {
    Job job = job(catalog(USER_VIEWS)).start();
    for (int number = 0; number < 200; number++) {
      long time = number * 20 * SECOND;
      job.arrive(seen("a" + number, "u", "i", time), seen("b" + number, "u", "i", time));
      assertThat(job.timers()).as("one for what waits, one to forget").isLessThanOrEqualTo(2);
      job.watermark(time);
      assertThat(job.timers()).isEqualTo(1);
      assertThat(job.kept()).containsExactly("user:u");
    }
    long last = 199 * 20 * SECOND;
    assertThat(job.row(Entity.USER, "u").version()).isEqualTo(new FeatureVersion(last, 400));
    job.watermark(last + MINUTE);
    assertThat(job.kept()).containsExactly("user:u");
    job.watermark(last + MINUTE + 1);
    assertThat(job.kept()).isEmpty();
    assertThat(job.timers()).isZero();
    assertThat(job.stateEntries()).isZero();
  }

  @Test
  void anEventThatComesAfterAllIsForgottenIsForgottenTooInTime() throws Exception {
    Job job = job(catalog(USER_VIEWS)).start();
    job.watermark(10 * MINUTE);
    job.arrive(seen("e1", "u", "i", 0));
    assertThat(job.rows.get("user:u")).hasSize(1);
    job.watermark(10 * MINUTE + 1);
    assertThat(job.kept()).isEmpty();
    assertThat(job.stateEntries()).isZero();
  }

  @Test
  void forgettingGoesOnAfterARestore() throws Exception {
    Job job = job(catalog(USER_VIEWS)).start();
    job.arrive(seen("e1", "u", "i", 0), seen("e2", "v", "i", 30 * SECOND));
    job.watermark(40 * SECOND);
    Job restored = job(catalog(USER_VIEWS), EventOrder.BY_WATERMARK, 2).start(job.stop(), 1);
    assertThat(restored.kept()).containsExactly("user:u", "user:v");
    restored.watermark(MINUTE + 1);
    assertThat(restored.kept()).containsExactly("user:v");
    restored.watermark(2 * MINUTE);
    assertThat(restored.kept()).isEmpty();
  }

  private Job withCatalog(Job job, String... features) throws Exception {
    return job(catalog(features)).start(job.stop(), 1);
  }

  @Test
  void aFeatureThatIsAddedBeginsAndTheOthersGoOn() throws Exception {
    Job job = job(catalog(USER_ACTIONS)).start();
    job.arrive(seen("e1", "u", "i", 1_000), seen("e2", "u", "i", 3_000));
    job.watermark(2_000);
    job = withCatalog(job, USER_VIEWS, USER_ACTIONS);
    job.arrive(seen("e3", "u", "i", 3_000));
    job.watermark(3_000);
    assertThat(job.row(Entity.USER, "u").version()).isEqualTo(new FeatureVersion(3_000, 3));
    assertThat(job.count(Entity.USER, "u", "actions", 3_000)).isEqualTo(3);
    assertThat(job.count(Entity.USER, "u", "views_1m", 3_000)).isEqualTo(2);
  }

  @Test
  void aFeatureThatIsRemovedLeavesTheOthersAlone() throws Exception {
    Job job = job(catalog(USER_ACTIONS, USER_VIEWS)).start();
    job.arrive(seen("e1", "u", "i", 1_000));
    job.watermark(2_000);
    job = withCatalog(job, USER_VIEWS);
    job.arrive(seen("e2", "u", "i", 3_000));
    job.watermark(3_000);
    assertThat(job.count(Entity.USER, "u", "views_1m", 3_000)).isEqualTo(2);
    job.watermark(3_000 + MINUTE + 1);
    assertThat(job.kept()).as("what had no end is gone").isEmpty();
  }

  @Test
  void anEntityThatIsRemovedIsNoLongerToldOfAndTheOthersGoOn() throws Exception {
    Job job = job(catalog(USER_VIEWS, ALL_ACTIONS)).start();
    job.arrive(seen("e1", "u", "i", 1_000), seen("e2", "u", "i", 3_000));
    job.watermark(2_000);
    job = withCatalog(job, ALL_ACTIONS);
    job.watermark(3_000);
    assertThat(job.rows).containsOnlyKeys("global:all");
    assertThat(job.count(Entity.GLOBAL, "all", "actions_5m", 3_000)).isEqualTo(2);
    job.watermark(10 * MINUTE);
    assertThat(job.kept()).isEmpty();
    assertThat(job.stateEntries()).isZero();
    assertThat(job.timers()).isZero();
  }

  @Test
  void aLongerRetentionHoldsFromTheRestoreOn() throws Exception {
    Job job = job(catalog(USER_VIEWS)).start();
    job.arrive(seen("e1", "u", "i", 0));
    job.watermark(0);
    job = withCatalog(job, USER_VIEWS, feature("views_5m", "user", "count", "window: 5m"));
    job.watermark(MINUTE + 1);
    assertThat(job.kept()).containsExactly("user:u");
    job.watermark(5 * MINUTE + 1);
    assertThat(job.kept()).isEmpty();
    assertThat(job.stateEntries()).isZero();
  }

  @Test
  void aRowThatFromARestoreOnHasNoEndStays() throws Exception {
    Job job = job(catalog(USER_VIEWS)).start();
    job.arrive(seen("e1", "u", "i", 0));
    job.watermark(0);
    job = withCatalog(job, USER_VIEWS, USER_ACTIONS);
    job.watermark(10 * MINUTE);
    assertThat(job.kept()).containsExactly("user:u");
    assertThat(job.timers()).isZero();
  }
}
