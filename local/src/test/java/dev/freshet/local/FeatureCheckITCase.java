package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.feature.ConsistencyReport;
import dev.freshet.client.feature.FeatureCheck;
import dev.freshet.client.feature.FeatureConsistency;
import dev.freshet.client.feature.FeatureConsistency.Example;
import dev.freshet.client.shopper.RecordedTraffic;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.run.Replay;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the job has written to a real Redis, against a recomputation from the events. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FeatureCheckITCase {

  private static final int ACTIONS = 4_000;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final FeatureCheck.Progress SILENT = (part, unit, done, total) -> {};

  /** Windows, TTLs and kinds of actions short enough that rows are forgotten within the record. */
  private static final String FEATURES =
      """
      features:
        - {name: actions, entity: user, type: count, description: Actions}
        - {name: carts_10m, entity: user, type: count, window: 10m, actions: [cart], description: C}
        - {name: recent, entity: user, type: count, ttl: 2m, description: Forgets}
        - {name: views_10s, entity: item, type: count, window: 10s, actions: [view], description: V}
        - {name: carts_10s, entity: item, type: count, window: 10s, actions: [cart], description: C}
        - {name: together, entity: user_item, type: count, description: The user on the item}
        - {name: all_1m, entity: global, type: count, window: 1m, description: All}
      """;

  @TempDir private static Path folder;
  private EmbeddedStack stack;
  private Recording recording;
  private FreshetConfig config;
  private FeatureCatalog catalog;
  private int runs;

  @BeforeAll
  void start() throws Exception {
    TrustedSchemas.register();
    Files.writeString(folder.resolve("features.yaml"), FEATURES);
    stack = EmbeddedStack.start(2, part -> {});
    recording = record();
  }

  @AfterAll
  void stop() {
    stack.close();
  }

  /** A store and topics of its own for each test, since they change them. */
  @BeforeEach
  void replay() throws Exception {
    config = config("run-" + runs++);
    catalog = BundledCatalog.of(config);
    new Replay(
            config,
            new EmbeddedJobRunner(stack.flink()),
            folder.resolve("out-" + runs),
            Judging.next("home", 0.2))
        .run(recording, Replay.Progress.SILENT);
  }

  @Test
  void aReplaysStoreIsWhatItsEventsSay() {
    ConsistencyReport report = check();

    assertThat(report.features()).allMatch(FeatureConsistency::isConsistent, "is consistent");
    assertThat(report.features()).allMatch(feature -> feature.equal() > 0, "has values");
    assertThat(report.isConsistent()).isTrue();
    assertThat(report.actions()).isEqualTo(ACTIONS);
    assertThat(report.itemUpdates()).isEqualTo(recording.items().size());
    assertThat(report.duplicates()).isEqualTo(1);
    assertThat(report.refused()).isEqualTo(1);
    assertThat(report.newer()).isZero();
    try (FeatureStore store = store()) {
      List<FeatureRow> rows = new ArrayList<>();
      store.scan(rows::add);
      assertThat(report.entities()).isEqualTo(rows.size());
    }
  }

  @Test
  void aStoreInFeastsLayoutHasWhatTheEventsSaidAtTheLastWrite() throws Exception {
    config =
        config("feast")
            .with(
                Map.of(
                    "feature-store.layout", "feast", "feature-store.feast-project", "check-feast"));
    new Replay(
            config,
            new EmbeddedJobRunner(stack.flink()),
            folder.resolve("feast"),
            Judging.next("home", 0.2))
        .run(recording, Replay.Progress.SILENT);

    ConsistencyReport report = check();

    assertThat(report.features()).allMatch(FeatureConsistency::isConsistent, "is consistent");
    assertThat(report.features()).allMatch(feature -> feature.equal() > 0, "has values");
  }

  @Test
  void whatIsInTheTopicsIsARecordToo() {
    ConsistencyReport report = checkTopics(SILENT, Duration.ofSeconds(30));

    assertThat(report.isConsistent()).isTrue();
    assertThat(report.actions()).isEqualTo(ACTIONS);
    assertThat(report.duplicates()).isEqualTo(1);
    assertThat(report.refused()).isEqualTo(1);
    assertThat(report.equal()).isEqualTo(check().equal());
  }

  @Test
  void anAlteredAMissingAndASurplusValueAreReported() {
    String user = recording.actions().iterator().next().getUser();
    try (FeatureStore store = store()) {
      FeatureRow row = store.get(Entity.USER, user).orElseThrow();
      long before = row.at(row.version().eventTime()).getLong("actions").orElseThrow();
      byte[] altered = withOneMore(Entity.USER, row, row.version().eventTime());
      store.delete(Entity.USER, user);
      write(store, Entity.USER, user, altered);
      write(store, Entity.USER, "nobody", altered);
      store.delete(Entity.GLOBAL, Entity.ALL);

      ConsistencyReport report = check();

      assertThat(report.isConsistent()).isFalse();
      FeatureConsistency actions = found(report, Entity.USER, "actions");
      assertThat(actions.differing()).isEqualTo(1);
      assertThat(actions.largestAbsolute()).isEqualTo(1);
      assertThat(actions.extra()).isEqualTo(1);
      assertThat(actions.examples())
          .containsExactlyInAnyOrder(
              new Example(user, before, before + 1), new Example("nobody", null, before + 1));
      FeatureConsistency window = found(report, Entity.GLOBAL, "all_1m");
      assertThat(window.missing()).isEqualTo(1);
      assertThat(window.extra()).isZero();
      assertThat(window.equal()).isZero();
      assertThat(found(report, Entity.USER_ITEM, "together").isConsistent()).isTrue();
    }
  }

  @Test
  void whatHappensMeanwhileIsNoDifference() {
    UserAction next = later("meanwhile");
    AtomicBoolean done = new AtomicBoolean();
    try (FeatureStore store = store();
        AvroTopicWriter kafka = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0)) {
      FeatureCheck.Progress happening =
          (part, unit, at, total) -> {
            if (part.equals("Reckoning") && done.compareAndSet(false, true)) {
              kafka.send(config.topics().userActions(), next.getUser(), -1, next);
              kafka.flush();
              store
                  .get(Entity.USER, next.getUser())
                  .ifPresent(
                      row ->
                          write(
                              store,
                              Entity.USER,
                              row.id(),
                              withOneMore(Entity.USER, row, next.getEventTime().toEpochMilli())));
            }
          };

      ConsistencyReport report = checkTopics(happening, Duration.ofSeconds(30));

      assertThat(report.newer()).isEqualTo(1);
      assertThat(report.isConsistent()).isTrue();
    }
  }

  @Test
  void aNewerRowThatNoRecordExplainsIsADifference() {
    UserAction next = later("unexplained");
    try (FeatureStore store = store()) {
      FeatureRow row = store.get(Entity.USER, next.getUser()).orElseThrow();
      write(
          store,
          Entity.USER,
          row.id(),
          withOneMore(Entity.USER, row, next.getEventTime().toEpochMilli()));

      ConsistencyReport report = checkTopics(SILENT, Duration.ofSeconds(30));

      assertThat(report.newer()).isZero();
      assertThat(found(report, Entity.USER, "actions").differing()).isEqualTo(1);
    }
  }

  @Test
  void aStoreThatIsBehindMayCatchUp() {
    String user = recording.actions().iterator().next().getUser();
    try (FeatureStore store = store()) {
      byte[] row = store.get(Entity.USER, user).orElseThrow().packed("live").orElseThrow();
      store.delete(Entity.USER, user);
      FeatureCheck.Progress catchingUp =
          (part, unit, done, total) -> {
            if (part.equals("Waiting")) {
              write(store, Entity.USER, user, row);
            }
          };

      ConsistencyReport tooLate = checkTopics(SILENT, Duration.ZERO);
      ConsistencyReport inTime = checkTopics(catchingUp, Duration.ofSeconds(30));

      assertThat(found(tooLate, Entity.USER, "actions").missing()).isEqualTo(1);
      assertThat(inTime.isConsistent()).isTrue();
    }
  }

  private ConsistencyReport check() {
    return new FeatureCheck(config, OptionalLong.empty(), SILENT)
        .ofRecording(recording.items(), recording.actions(), recording.actions().size());
  }

  private ConsistencyReport checkTopics(FeatureCheck.Progress progress, Duration wait) {
    return new FeatureCheck(config, OptionalLong.empty(), progress).ofTopics(wait);
  }

  private FeatureStore store() {
    return ConfiguredStore.of(config).open(catalog);
  }

  private void write(FeatureStore store, Entity entity, String id, byte[] packed) {
    FeatureGroup group = catalog.computed(entity).orElseThrow();
    assertThat(store.write(List.of(new FeatureWrite(group, id, packed))).applied()).isEqualTo(1);
  }

  private byte[] withOneMore(Entity entity, FeatureRow row, long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = "one more";
    event.time = time;
    event.user = row.id();
    event.action = "view";
    return new RowUpdater(catalog.computed(entity).orElseThrow())
        .add(row.packed("live").orElseThrow(), List.of(event));
  }

  private static FeatureConsistency found(ConsistencyReport report, Entity entity, String feature) {
    return report.features().stream()
        .filter(found -> found.entity() == entity && found.feature().equals(feature))
        .findFirst()
        .orElseThrow();
  }

  /** An action of the first user after all others, without an item. */
  private UserAction later(String id) {
    UserAction first = recording.actions().iterator().next();
    return UserAction.newBuilder(first)
        .setEventId(id)
        .setItem(null)
        .setEventTime(START.plus(Duration.ofDays(1)))
        .build();
  }

  /** Simulated shoppers, one action twice, and one that the job refuses. */
  private static Recording record() throws Exception {
    RecordedTraffic traffic = RecordedTraffic.generate(7, ACTIONS, START.toEpochMilli(), 10);
    Path file = folder.resolve("actions.avro");
    traffic.writeActionsAvro(file);
    RecordedEvents plain = RecordedEvents.read(List.of(file), ReadOptions.defaults(), letter -> {});
    UserAction first = plain.iterator().next();
    Path more = folder.resolve("more.avro");
    try (DataFileWriter<UserAction> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(UserAction.class))) {
      writer.create(UserAction.getClassSchema(), more.toFile());
      writer.append(first);
      writer.append(UserAction.newBuilder(first).setEventId("x".repeat(10_000)).build());
    }
    return new Recording(
        RecordedEvents.read(List.of(file, more), ReadOptions.defaults(), letter -> {}),
        traffic.items(),
        List.of());
  }

  private FreshetConfig config(String run) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", stack.kafka());
    all.put("redis.address", stack.redis());
    all.put("redis.key-prefix", run);
    all.put("time.mode", "replay");
    all.put("job.parallelism", "2");
    all.put("features.catalog", folder.resolve("features.yaml").toString());
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      all.put("topics." + topic, run + "-" + topic);
    }
    FreshetConfig made = FreshetConfig.of(all);
    stack.createTopics(made);
    return made;
  }
}
