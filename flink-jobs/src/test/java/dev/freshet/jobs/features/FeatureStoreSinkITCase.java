package dev.freshet.jobs.features;

import static dev.freshet.jobs.TestEvents.seen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.BundledCatalog;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.RedisSettings;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.features.FeatureStoreWriter.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.metrics.testutils.MetricListener;
import org.apache.flink.runtime.metrics.groups.MetricsGroupTestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FeatureStoreSinkITCase {

  private static final int MAX_PENDING = 50;
  private static final int BATCH = 10;
  private static final FeatureCatalog CATALOG = BundledCatalog.get();

  @TempDir static Path folder;
  private static EmbeddedRedis redis;

  private FeatureStoreSettings settings;

  /** Of the last writer. */
  private MetricListener metrics;

  private final List<FeatureStoreWriter> writers = new ArrayList<>();

  @BeforeAll
  static void startRedis() throws IOException {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void emptyRedis() throws IOException {
    redis.restart();
    settings =
        FeatureStoreSettings.packed(
            RedisSettings.parse(redis.address()).withTimeout(Duration.ofSeconds(1)));
  }

  @AfterEach
  void closeAll() throws InterruptedException {
    for (FeatureStoreWriter writer : writers) {
      writer.close();
    }
  }

  private FeatureStoreWriter writer() {
    metrics = new MetricListener();
    FeatureStoreWriter writer =
        new FeatureStoreWriter(
            settings,
            CATALOG,
            MAX_PENDING,
            BATCH,
            MetricsGroupTestUtils.mockWriterMetricGroup(metrics.getMetricGroup()));
    writers.add(writer);
    return writer;
  }

  private long counter(String name) {
    return metrics.getCounter(name).orElseThrow().getCount();
  }

  private long gauge(String name) {
    return metrics.<Number>getGauge(name).orElseThrow().getValue().longValue();
  }

  private HistogramStatistics histogram(String name) {
    return metrics.getHistogram(name).orElseThrow().getStatistics();
  }

  /** A value that says so many actions, at least one, and has as high a sequence. */
  private static FeatureUpdate user(String id, long time, int actions) {
    FeatureEvent event = seen("e", id, null, time);
    byte[] packed =
        new RowUpdater(CATALOG.computed(Entity.USER).orElseThrow())
            .add(null, Collections.nCopies(actions, event));
    return new FeatureUpdate(Entity.USER.key(), id, packed);
  }

  /** The stored number of actions; -1: nothing is stored. */
  private long stored(String id) {
    // A new connection each time, as Redis may have been restarted.
    try (FeatureStore store = settings.open(CATALOG)) {
      return store
          .get(Entity.USER, id)
          .map(row -> row.at(row.version().eventTime()).getLong("actions").orElse(-1))
          .orElse(-1L);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static int waiting(FeatureStoreWriter writer) {
    return writer.snapshotState(1).stream().mapToInt(List::size).sum();
  }

  @Test
  void atTheEndAllIsStored() throws Exception {
    FeatureStoreWriter writer = writer();
    for (int user = 0; user < 300; user++) {
      writer.write(user("u" + user, 10, user + 1), null);
    }
    writer.flush(true);
    for (int user = 0; user < 300; user++) {
      assertThat(stored("u" + user)).isEqualTo(user + 1);
    }
    assertThat(writer.snapshotState(1)).isEmpty();
    assertThat(counter("features_written")).isEqualTo(300);
    assertThat(counter("features_superseded")).isZero();
    assertThat(counter("features_retries")).isZero();
    assertThat(counter("features_dropped")).isZero();
    assertThat(gauge("features_pending")).isZero();
    assertThat(gauge("features_pending_age_ms")).isZero();
  }

  @Test
  void whileRedisIsDownWritesCoalesceAndNeitherTheyNorACheckpointBlock() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    long start = System.nanoTime();
    for (int round = 1; round <= 100; round++) {
      for (int user = 0; user < MAX_PENDING; user++) {
        writer.write(user("u" + user, round, round), null);
      }
      writer.flush(false);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    // A batch may be on its way while newer values of the same users wait.
    assertThat(waiting(writer)).isBetween(MAX_PENDING, MAX_PENDING + BATCH);

    redis.restart();
    writer.flush(true);
    for (int user = 0; user < MAX_PENDING; user++) {
      assertThat(stored("u" + user)).isEqualTo(100);
    }
  }

  @Test
  void whenTooManyWaitANewEntityBlocksUntilRedisIsBackAKnownOneDoesNot() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    FutureTask<Void> writing =
        new FutureTask<>(
            () -> {
              for (int user = 0; user < 3 * MAX_PENDING; user++) {
                writer.write(user("u" + user, 1, user + 1), null);
              }
              return null;
            });
    Thread thread = new Thread(writing);
    thread.start();
    await(() -> waiting(writer) > MAX_PENDING && thread.getState() == Thread.State.WAITING);
    List<FeatureUpdate> waiting = writer.snapshotState(1).get(0);
    assertThat(waiting).hasSizeLessThanOrEqualTo(MAX_PENDING + BATCH);
    assertThat(writing).isNotDone();
    String known = waiting.get(waiting.size() - 1).id;
    writer.write(user(known, 2, 7_777), null);

    redis.restart();
    writing.get(20, TimeUnit.SECONDS);
    writer.flush(true);
    for (int user = 0; user < 3 * MAX_PENDING; user++) {
      String id = "u" + user;
      assertThat(stored(id)).isEqualTo(id.equals(known) ? 7_777 : user + 1);
    }
  }

  @Test
  void aCheckpointHasAllThatIsNotStoredAndARestoreStoresIt() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    for (int user = 0; user < 30; user++) {
      writer.write(user("u" + user, 1, user + 1), null);
    }
    await(() -> waiting(writer) == 30);
    List<List<FeatureUpdate>> state = serializedAndBack(writer.snapshotState(1));
    writer.close();
    redis.restart();

    FeatureStoreWriter restored = writer();
    state.forEach(updates -> updates.forEach(restored::restore));
    restored.flush(true);
    for (int user = 0; user < 30; user++) {
      assertThat(stored("u" + user)).isEqualTo(user + 1);
    }
  }

  private List<List<FeatureUpdate>> serializedAndBack(List<List<FeatureUpdate>> states)
      throws IOException {
    SimpleVersionedSerializer<List<FeatureUpdate>> serializer =
        new FeatureStoreSink(settings, CATALOG, MAX_PENDING, BATCH).getWriterStateSerializer();
    List<List<FeatureUpdate>> back = new ArrayList<>();
    for (List<FeatureUpdate> state : states) {
      back.add(serializer.deserialize(serializer.getVersion(), serializer.serialize(state)));
    }
    return back;
  }

  @Test
  void ofSeveralRestoredValuesTheNewestIsStoredInWhateverOrder() throws Exception {
    redis.stop();
    FeatureStoreWriter restored = writer();
    restored.restore(user("blocks", 1, 1));
    await(() -> waiting(restored) == 1);
    for (FeatureUpdate update :
        List.of(user("u", 20, 3), user("u", 10, 9), user("v", 10, 1), user("v", 10, 2))) {
      restored.restore(update);
    }
    redis.restart();
    restored.flush(true);
    assertThat(stored("u")).isEqualTo(3);
    assertThat(stored("v")).isEqualTo(2);
  }

  @Test
  void anOlderValueDoesNotReplaceOneThatWaits() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    writer.write(user("blocks", 1, 1), null);
    await(() -> counter("features_retries") > 0);
    writer.write(user("u", 20, 5), null);
    writer.write(user("u", 10, 4), null);
    redis.restart();
    writer.flush(true);
    assertThat(stored("u")).isEqualTo(5);
  }

  @Test
  void whatTheCatalogNoLongerComputesIsDroppedFromARestoredState() throws Exception {
    FeatureStoreWriter restored = writer();
    restored.restore(new FeatureUpdate("user_item", "u/i", user("u", 1, 1).packed));
    restored.restore(user("u", 1, 1));
    restored.flush(true);
    assertThat(stored("u")).isEqualTo(1);
    assertThat(counter("features_dropped")).isEqualTo(1);
    assertThat(counter("features_written")).isEqualTo(1);
  }

  @Test
  void anOutageShowsInTheMetrics() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    long time = System.currentTimeMillis() - 5_000;
    long start = System.nanoTime();
    for (int round = 1; round <= 2; round++) {
      for (int user = 0; user < MAX_PENDING; user++) {
        writer.write(user("u" + user, time, round), null);
      }
    }
    await(() -> counter("features_retries") > 1 && gauge("features_pending_age_ms") > 100);
    assertThat(gauge("features_pending")).isBetween((long) MAX_PENDING, MAX_PENDING + BATCH + 0L);
    assertThat(gauge("features_pending_age_ms"))
        .isLessThanOrEqualTo(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    assertThat(metrics.getHistogram("features_write_lag_ms").orElseThrow().getCount()).isZero();

    redis.restart();
    writer.flush(true);
    long longest = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 1;
    assertThat(gauge("features_pending")).isZero();
    assertThat(gauge("features_pending_age_ms")).isZero();
    assertThat(histogram("features_write_lag_ms").getMin()).isGreaterThanOrEqualTo(5_100);
    assertThat(histogram("features_write_lag_ms").getMax()).isLessThanOrEqualTo(5_000 + longest);
    assertThat(metrics.getHistogram("features_write_lag_ms").orElseThrow().getCount())
        .isEqualTo(counter("features_written") + counter("features_superseded"));
    assertThat(histogram("features_batch_size").getMax()).isEqualTo(BATCH);
    assertThat(counter("features_dropped")).isZero();
  }

  @Test
  void whatIsOnItsWayWaitsUntilTheStoreHasConfirmedIt() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    writer.write(user("u", 1, 1), null);
    await(() -> counter("features_retries") > 0);
    await(() -> gauge("features_pending") == 1 && gauge("features_pending_age_ms") > 100);
  }

  /** The age is that of the wait, not of the value: newer values must not make it look young. */
  @Test
  void anEntityWaitsSinceItsFirstValueThatIsNotWritten() {
    FeatureUpdate older = user("u", 1, 1);
    FeatureUpdate newer = user("u", 2, 1);
    assertThat(new Waiting(older, 5).with(new Waiting(newer, 9))).isEqualTo(new Waiting(newer, 5));
    assertThat(new Waiting(newer, 5).with(new Waiting(older, 9))).isEqualTo(new Waiting(newer, 5));
  }

  @Test
  void anOlderValueNeverReplacesAStoredOne() throws Exception {
    FeatureStoreWriter writer = writer();
    writer.write(user("u", 20, 5), null);
    writer.flush(true);
    writer.write(user("u", 10, 4), null);
    writer.flush(true);
    assertThat(stored("u")).isEqualTo(5);
  }

  @Test
  void anOutageInTheMiddleLosesNothing() throws Exception {
    FeatureStoreWriter writer = writer();
    writer.write(user("u", 1, 1), null);
    writer.flush(true);
    redis.stop();
    writer.write(user("u", 2, 2), null);
    writer.write(user("v", 2, 1), null);
    redis.restart();
    writer.write(user("u", 3, 3), null);
    writer.flush(true);
    assertThat(stored("u")).isEqualTo(3);
    assertThat(stored("v")).isEqualTo(1);
  }

  @Test
  void closingWhileRedisIsDownDoesNotWaitForIt() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    writer.write(user("u", 1, 1), null);
    await(() -> waiting(writer) == 1);
    long start = System.nanoTime();
    writer.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }
}
