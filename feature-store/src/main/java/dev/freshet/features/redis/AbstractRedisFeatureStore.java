package dev.freshet.features.redis;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What the layouts in Redis have in common: writes are runs of one script, reads may be async. */
abstract class AbstractRedisFeatureStore implements FeatureStore {
  private static final int IDLE_SECONDS = 10;

  private final FeatureCatalog catalog;
  private final RedisConnection connection;

  /** Threads that wait for answers on behalf of {@link #multiGetAsync}; they end when idle. */
  private final ThreadPoolExecutor reads;

  AbstractRedisFeatureStore(FeatureCatalog catalog, RedisConnection connection) {
    this.catalog = catalog;
    this.connection = connection;
    int threads = connection.settings().connections();
    reads =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            AbstractRedisFeatureStore::readThread);
    reads.allowCoreThreadTimeOut(true);
  }

  private static Thread readThread(Runnable work) {
    Thread thread = new Thread(work, "feature-store-read");
    thread.setDaemon(true);
    return thread;
  }

  /** The catalog whose groups are written. */
  FeatureCatalog writtenCatalog() {
    return catalog;
  }

  /** The script that writes one group of one entity; 1: stored, 0: as new a value was there. */
  abstract RedisScript script();

  abstract RedisScript.Call call(FeatureWrite write);

  @Override
  public FeatureCatalog catalog() {
    return catalog;
  }

  RedisConnection connection() {
    return connection;
  }

  @Override
  public void ping() {
    connection.ping();
  }

  @Override
  public WriteResult write(List<FeatureWrite> writes) {
    List<RedisScript.Call> calls = new ArrayList<>(writes.size());
    for (FeatureWrite write : writes) {
      check(write);
      calls.add(call(write));
    }
    int applied = 0;
    for (Object answer : connection.evalEach(script(), calls)) {
      applied += ((Long) answer).intValue();
    }
    return new WriteResult(applied, writes.size() - applied);
  }

  /** A write that no reader would find, or none could read, must not look like a success. */
  private void check(FeatureWrite write) {
    FeatureGroup group = write.group();
    FeatureGroup known = writtenCatalog().group(group.entity(), group.name()).orElse(null);
    if (known != group && (known == null || known.hash() != group.hash())) {
      throw new IllegalArgumentException(
          "The group %s of a write is not one of the store's catalog, %s: write groups of the"
                  .formatted(group, writtenCatalog().source())
              + " catalog that the store was opened with");
    }
    FeatureVersion.require(write.packed());
  }

  @Override
  public CompletableFuture<Map<String, FeatureRow>> multiGetAsync(
      Entity entity, Collection<String> ids) {
    List<String> copy = List.copyOf(ids);
    try {
      return CompletableFuture.supplyAsync(() -> multiGet(entity, copy), reads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("The store at " + connection.settings() + " is closed", e));
    }
  }

  /** The groups of an entity, of which there must be some. */
  List<FeatureGroup> groups(Entity entity) {
    List<FeatureGroup> groups = catalog.groups(entity);
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "The feature catalog has no features of '%s'; it has some of %s"
              .formatted(entity, catalog.entities()));
    }
    return groups;
  }

  @Override
  public void close() {
    reads.shutdown();
    connection.close();
  }
}
