package dev.freshet.jobs.features;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.WriteResult;
import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.RedisRetry;
import dev.freshet.jobs.event.FeatureUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subtask's part of {@link FeatureStoreSink}. */
final class FeatureStoreWriter implements StatefulSinkWriter<FeatureUpdate, List<FeatureUpdate>> {

  private static final Logger LOG = LoggerFactory.getLogger(FeatureStoreWriter.class);

  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long LAST_RETRY_MILLIS = 2_000;

  /** Values that a histogram is made of: the last ones. */
  private static final int HISTOGRAM_WINDOW = 4_096;

  private final FeatureStoreSettings settings;
  private final FeatureCatalog catalog;

  /** What the job computes, by kind of entity. */
  private final Map<String, FeatureGroup> groups = new HashMap<>();

  private final int maxPending;
  private final int batchSize;
  private final Counter written;
  private final Counter superseded;
  private final Counter retries;
  private final Counter dropped;
  private final Histogram writeLag = new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW);
  private final Histogram batchSizes = new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** By entity and id, the newest value that has not been taken for writing; longest wait first. */
  private final Map<Key, Waiting> pending = new LinkedHashMap<>();

  /** Taken for writing, not yet confirmed; longest wait first. */
  private List<Waiting> inFlight = List.of();

  private boolean closed;

  /** What ended the writing thread, other than {@link #close}; nothing that a retry would mend. */
  private RuntimeException failure;

  private final Thread thread;

  private record Key(String entity, String id) {}

  /**
   * @param since {@link System#nanoTime} from which on something of the entity waits
   */
  record Waiting(FeatureUpdate update, long since) {

    /** What is left to write of two values of an entity. */
    Waiting with(Waiting later) {
      boolean newer = RowUpdater.NEWEST_FIRST.compare(later.update.packed, update.packed) <= 0;
      return newer ? new Waiting(later.update, since) : this;
    }
  }

  FeatureStoreWriter(
      FeatureStoreSettings settings,
      FeatureCatalog catalog,
      int maxPending,
      int batchSize,
      SinkWriterMetricGroup metrics) {
    // It repeats by itself, for as long as it takes.
    this.settings = settings.withRetry(RedisRetry.NONE);
    this.catalog = catalog;
    this.maxPending = maxPending;
    this.batchSize = batchSize;
    written = metrics.counter("features_written");
    superseded = metrics.counter("features_superseded");
    retries = metrics.counter("features_retries");
    dropped = metrics.counter("features_dropped");
    metrics.gauge("features_pending", this::pendingCount);
    metrics.gauge("features_pending_age_ms", this::pendingAgeMillis);
    metrics.histogram("features_write_lag_ms", writeLag);
    metrics.histogram("features_batch_size", batchSizes);
    for (Entity entity : catalog.entities()) {
      catalog.computed(entity).ifPresent(group -> groups.put(entity.key(), group));
    }
    thread = new Thread(this::run, "feature-store-writer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void write(FeatureUpdate update, Context context) throws InterruptedException {
    Key key = new Key(update.entity, update.id);
    lock.lockInterruptibly();
    try {
      while (failure == null && pending.size() >= maxPending && !pending.containsKey(key)) {
        changed.await();
      }
      rethrowFailure();
      pending.merge(key, new Waiting(update, System.nanoTime()), Waiting::with);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes back what a checkpoint had kept. After a change of parallelism the values of one entity
   * may come from several subtasks, in any order: the newest counts. What the catalog has no place
   * for any more is dropped.
   */
  void restore(FeatureUpdate update) {
    if (!groups.containsKey(update.entity)) {
      dropped.inc();
      return;
    }
    lock.lock();
    try {
      pending.merge(
          new Key(update.entity, update.id), new Waiting(update, System.nanoTime()), Waiting::with);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** At the end waits until all is written; at a checkpoint what waits goes into the state. */
  @Override
  public void flush(boolean endOfInput) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (endOfInput && failure == null && !(pending.isEmpty() && inFlight.isEmpty())) {
        changed.await();
      }
      rethrowFailure();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<List<FeatureUpdate>> snapshotState(long checkpoint) {
    lock.lock();
    try {
      List<FeatureUpdate> waiting = new ArrayList<>(inFlight.size() + pending.size());
      for (Waiting next : inFlight) {
        waiting.add(next.update);
      }
      for (Waiting next : pending.values()) {
        waiting.add(next.update);
      }
      return waiting.isEmpty() ? List.of() : List.of(waiting);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }

  private void run() {
    try (FeatureStore store = settings.open(catalog)) {
      while (takeBatch()) {
        if (!writeBatch(store)) {
          return;
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Waits for something to write and takes it. False: closed. */
  private boolean takeBatch() {
    lock.lock();
    try {
      while (!closed && pending.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        return false;
      }
      inFlight = new ArrayList<>(Math.min(batchSize, pending.size()));
      Iterator<Waiting> oldest = pending.values().iterator();
      while (oldest.hasNext() && inFlight.size() < batchSize) {
        inFlight.add(oldest.next());
        oldest.remove();
      }
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Writes the batch, however often it takes. False: closed meanwhile. */
  private boolean writeBatch(FeatureStore store) {
    List<FeatureWrite> writes = new ArrayList<>(inFlight.size());
    for (Waiting next : inFlight) {
      FeatureUpdate update = next.update;
      writes.add(new FeatureWrite(groups.get(update.entity), update.id, update.packed));
    }
    long pause = FIRST_RETRY_MILLIS;
    while (true) {
      try {
        WriteResult result = store.write(writes);
        written.inc(result.applied());
        superseded.inc(result.superseded());
        measure(writes);
        confirm();
        return true;
      } catch (FeatureStoreException e) {
        retries.inc();
        if (pause == FIRST_RETRY_MILLIS) {
          LOG.warn("Features wait, {} of them: {}", pendingCount(), e.getMessage());
        }
        if (!pause(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1))) {
          return false;
        }
        pause = Math.min(2 * pause, LAST_RETRY_MILLIS);
      }
    }
  }

  /** Takes the figures of a batch that the store has confirmed. */
  private void measure(List<FeatureWrite> writes) {
    batchSizes.update(writes.size());
    long now = System.currentTimeMillis();
    for (FeatureWrite write : writes) {
      writeLag.update(now - RowUpdater.version(write.packed()).eventTime());
    }
  }

  private void confirm() {
    lock.lock();
    try {
      inFlight = List.of();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits before the next try. False: closed. */
  private boolean pause(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void fail(RuntimeException e) {
    lock.lock();
    try {
      failure = e;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void rethrowFailure() {
    if (failure != null) {
      throw new IllegalStateException(
          "Features can no longer be written to " + settings + ".", failure);
    }
  }

  private int pendingCount() {
    lock.lock();
    try {
      return pending.size() + inFlight.size();
    } finally {
      lock.unlock();
    }
  }

  /** How long the entity has waited that waits longest; 0 if none does. */
  private long pendingAgeMillis() {
    lock.lock();
    try {
      Iterator<Waiting> oldest = (inFlight.isEmpty() ? pending.values() : inFlight).iterator();
      return oldest.hasNext()
          ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest.next().since)
          : 0;
    } finally {
      lock.unlock();
    }
  }
}
