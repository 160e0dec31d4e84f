package dev.freshet.jobs.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.PackedCodec;
import dev.freshet.features.redis.RedisFeatureStore;
import dev.freshet.features.redis.RedisSettings;
import dev.freshet.jobs.event.FeatureUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
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

  @TempDir static Path folder;
  private static EmbeddedRedis redis;

  private RedisSettings settings;
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
    settings = RedisSettings.parse(redis.address()).withTimeout(Duration.ofSeconds(1));
  }

  @AfterEach
  void closeAll() throws InterruptedException {
    for (FeatureStoreWriter writer : writers) {
      writer.close();
    }
  }

  private FeatureStoreWriter writer() {
    SinkWriterMetricGroup metrics = UnregisteredMetricsGroup.createSinkWriterMetricGroup();
    FeatureStoreWriter writer = new FeatureStoreWriter(settings, MAX_PENDING, 10, metrics);
    writers.add(writer);
    return writer;
  }

  private static FeatureUpdate user(String id, long time, long actions) {
    byte[] packed =
        new PackedCodec(JobFeatures.CATALOG)
            .writer(JobFeatures.USER)
            .begin(time, actions)
            .putLong(JobFeatures.CATALOG.index(JobFeatures.USER, "actions"), actions)
            .toBytes();
    return new FeatureUpdate(JobFeatures.USER, id, packed);
  }

  /** The stored number of actions; -1: nothing is stored. */
  private long stored(String id) {
    // A new connection each time, as Redis may have been restarted.
    try (RedisFeatureStore store = new RedisFeatureStore(settings, JobFeatures.CATALOG)) {
      return store
          .get(JobFeatures.USER, id)
          .map(row -> row.getLong("actions").orElse(-1))
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
      writer.write(user("u" + user, 10, user), null);
    }
    writer.flush(true);
    for (int user = 0; user < 300; user++) {
      assertThat(stored("u" + user)).isEqualTo(user);
    }
    assertThat(writer.snapshotState(1)).isEmpty();
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
    assertThat(waiting(writer)).isBetween(MAX_PENDING, MAX_PENDING + 10);

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
                writer.write(user("u" + user, 1, user), null);
              }
              return null;
            });
    Thread thread = new Thread(writing);
    thread.start();
    await(() -> waiting(writer) > MAX_PENDING && thread.getState() == Thread.State.WAITING);
    List<FeatureUpdate> waiting = writer.snapshotState(1).get(0);
    assertThat(waiting).hasSizeLessThanOrEqualTo(MAX_PENDING + 10);
    assertThat(writing).isNotDone();
    String known = waiting.get(waiting.size() - 1).id;
    writer.write(user(known, 2, 7_777), null);

    redis.restart();
    writing.get(20, TimeUnit.SECONDS);
    writer.flush(true);
    assertThat(stored("u" + (3 * MAX_PENDING - 1))).isEqualTo(3 * MAX_PENDING - 1);
    assertThat(stored(known)).isEqualTo(7_777);
  }

  @Test
  void aCheckpointHasAllThatIsNotStoredAndARestoreStoresIt() throws Exception {
    redis.stop();
    FeatureStoreWriter writer = writer();
    for (int user = 0; user < 30; user++) {
      writer.write(user("u" + user, 1, user), null);
    }
    await(() -> waiting(writer) == 30);
    List<List<FeatureUpdate>> state = serializedAndBack(writer.snapshotState(1));
    writer.close();
    redis.restart();

    FeatureStoreWriter restored = writer();
    state.forEach(updates -> updates.forEach(restored::restore));
    restored.flush(true);
    for (int user = 0; user < 30; user++) {
      assertThat(stored("u" + user)).isEqualTo(user);
    }
  }

  private List<List<FeatureUpdate>> serializedAndBack(List<List<FeatureUpdate>> states)
      throws IOException {
    SimpleVersionedSerializer<List<FeatureUpdate>> serializer =
        new FeatureStoreSink(settings, MAX_PENDING, 10).getWriterStateSerializer();
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
