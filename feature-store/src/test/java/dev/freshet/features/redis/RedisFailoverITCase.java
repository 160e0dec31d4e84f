package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.embedded.EmbeddedRedisSentinel;
import dev.freshet.features.FeatureStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A master dies under load, and its replica takes over. */
@Timeout(60)
class RedisFailoverITCase {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int BATCH = 50;

  @TempDir private Path folder;

  private final Set<String> written = new ConcurrentSkipListSet<>();
  private final Set<String> acknowledgedBefore = new ConcurrentSkipListSet<>();
  private final Set<String> acknowledgedAfter = new ConcurrentSkipListSet<>();
  private final AtomicBoolean killed = new AtomicBoolean();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicLong firstWriteAfter = new AtomicLong();
  private final AtomicInteger failedWrites = new AtomicInteger();

  @Test
  void whatIsAcknowledgedAfterThePromotionStaysAndTheRestCanBeWrittenAgain(TestReporter reporter)
      throws Exception {
    try (EmbeddedRedisSentinel redis = EmbeddedRedisSentinel.start(folder)) {
      RedisSettings settings =
          RedisSettings.sentinel(redis.masterName(), redis.sentinels())
              .withTimeout(Duration.ofSeconds(1));
      RedisRetry patient = new RedisRetry(500, Duration.ofMillis(10), Duration.ofMillis(100));
      AtomicInteger readsRepeated = new AtomicInteger();
      try (RedisConnection writing = new RedisConnection(settings.withRetry(RedisRetry.NONE));
          RedisConnection reading =
              new RedisConnection(
                  settings.withRetry(patient), failure -> readsRepeated.incrementAndGet())) {
        FutureTask<Void> writer = new FutureTask<>(() -> write(new Versions(writing)), null);
        Thread thread = new Thread(writer, "writer");
        thread.start();
        Versions reader = new Versions(reading);
        Await.until("load", DEADLINE, () -> acknowledgedBefore.size() > 20 * BATCH);
        Set<String> replicated = replicated(redis);
        assertThat(reader.read(new ArrayList<>(replicated))).hasSize(replicated.size());

        redis.killMaster();
        killed.set(true);
        long kill = System.nanoTime();

        // A reader that is patient enough does not notice.
        assertThat(reader.read(new ArrayList<>(replicated)).keySet()).isEqualTo(replicated);
        long read = System.nanoTime();
        assertThat(readsRepeated.get()).isPositive();
        Await.until("writes", DEADLINE, () -> acknowledgedAfter.size() > 20 * BATCH);
        enough.set(true);
        writer.get(20, TimeUnit.SECONDS);

        assertThat(redis.isReplicaPromoted()).isTrue();
        assertThat(failedWrites.get()).isPositive();
        Set<String> stored = reader.scan();
        assertThat(stored).containsAll(acknowledgedAfter).containsAll(replicated);
        Set<String> missing = new TreeSet<>(written);
        missing.removeAll(stored);
        Set<String> lost = new TreeSet<>(missing);
        lost.retainAll(acknowledgedBefore);
        reporter.publishEntry(
            "failover",
            "reads back after %d ms and %d repetitions; writes after %d ms and %d failures; of %d"
                    .formatted(
                        TimeUnit.NANOSECONDS.toMillis(read - kill),
                        readsRepeated.get(),
                        TimeUnit.NANOSECONDS.toMillis(firstWriteAfter.get() - kill),
                        failedWrites.get(),
                        written.size())
                + " writes %d were missing, %d of them confirmed by the dead master"
                    .formatted(missing.size(), lost.size()));

        // What was not acknowledged, and what the dead master had confirmed but not passed on.
        new Versions(writing).write(missing, 1);
        assertThat(reader.scan()).isEqualTo(new TreeSet<>(written));
      } finally {
        enough.set(true);
      }
    }
  }

  /** Writes new entities all the time; what fails is left out. */
  private void write(Versions versions) {
    for (int number = 0; !enough.get(); number++) {
      List<String> batch = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH; i++) {
        batch.add(number + "-" + i);
      }
      written.addAll(batch);
      boolean after = killed.get();
      try {
        versions.write(batch, 1);
        if (after) {
          firstWriteAfter.compareAndSet(0, System.nanoTime());
        }
        (after ? acknowledgedAfter : acknowledgedBefore).addAll(batch);
      } catch (FeatureStoreException e) {
        failedWrites.incrementAndGet();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** What is acknowledged by now and has reached the replica. */
  private Set<String> replicated(EmbeddedRedisSentinel redis) {
    Set<String> acknowledged = new TreeSet<>(acknowledgedBefore);
    try (Jedis replica = new Jedis("127.0.0.1", redis.firstReplicaPort())) {
      Await.until(
          "replication",
          DEADLINE,
          () ->
              replica.exists(
                      acknowledged.stream()
                          .map(name -> RedisSettings.DEFAULT_PREFIX + ":" + name)
                          .toArray(String[]::new))
                  == acknowledged.size());
    }
    return acknowledged;
  }
}
