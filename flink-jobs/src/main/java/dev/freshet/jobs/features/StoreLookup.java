package dev.freshet.jobs.features;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCache;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.redis.FeatureStoreSettings;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an element the numbers that the store has of its entity, from a near-cache or, without
 * blocking the task, from the store. When the store fails or is too slow the element goes on
 * without: every number is NaN, which a model takes as its mean.
 *
 * @param <T> element
 */
public final class StoreLookup<T> extends RichAsyncFunction<T, T> {

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(StoreLookup.class);

  /** The id of an element's entity. */
  @FunctionalInterface
  public interface Id<T> extends Serializable {
    String of(T element);
  }

  /** Puts the numbers into an element; they are shared and must not be changed. */
  @FunctionalInterface
  public interface Taker<T> extends Serializable {
    void take(T element, float[] numbers);
  }

  private final FeatureStoreSettings settings;
  private final FeatureCatalog catalog;
  private final StoreCacheSettings cacheSettings;
  private final Entity entity;
  private final List<String> features;
  private final Id<T> id;
  private final Taker<T> taker;

  private transient FeatureStore store;
  private transient FeatureCache<float[]> cache;
  private transient float[] unknown;
  private transient Counter timeouts;
  private transient Counter failures;

  /**
   * @param features numeric features of the entity, which give the numbers in this order
   */
  public StoreLookup(
      FeatureStoreSettings settings,
      FeatureCatalog catalog,
      StoreCacheSettings cacheSettings,
      Entity entity,
      List<String> features,
      Id<T> id,
      Taker<T> taker) {
    this.settings = settings;
    this.catalog = catalog;
    this.cacheSettings = cacheSettings;
    this.entity = entity;
    this.features = List.copyOf(features);
    this.id = id;
    this.taker = taker;
  }

  @Override
  public void open(OpenContext context) {
    store = settings.open(catalog);
    FeatureVectors vectors = new FeatureVectors(store.catalog(), entity, features);
    unknown = new float[vectors.width()];
    Arrays.fill(unknown, Float.NaN);
    cache =
        new FeatureCache<>(
            store,
            entity,
            row -> numbers(vectors, row),
            cacheSettings.maxEntities(),
            cacheSettings.maxAge());
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    timeouts = metrics.counter("store_timeouts");
    failures = metrics.counter("store_failures");
    metrics.gauge("store_cache_hit_rate", () -> cache.stats().hitRate());
    metrics.gauge("store_cache_entities", cache::size);
  }

  private static float[] numbers(FeatureVectors vectors, FeatureRow row) {
    float[] numbers = new float[vectors.width()];
    vectors.read(row, System.currentTimeMillis(), numbers, 0);
    return numbers;
  }

  @Override
  public void asyncInvoke(T element, ResultFuture<T> result) {
    cache
        .get(id.of(element))
        .whenComplete(
            (numbers, failure) -> {
              if (failure != null) {
                LOG.debug("{} {} is ranked without", entity, id.of(element), failure);
              }
              complete(element, numbers, result);
            });
  }

  @Override
  public void timeout(T element, ResultFuture<T> result) {
    timeouts.inc();
    taker.take(element, unknown);
    result.complete(List.of(element));
  }

  /** What is in the braces runs in the task's own thread. */
  private void complete(T element, float[] numbers, ResultFuture<T> result) {
    result.complete(
        () -> {
          if (numbers == null) {
            failures.inc();
          }
          taker.take(element, numbers == null ? unknown : numbers);
          return List.of(element);
        });
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
    if (store != null) {
      store.close();
    }
  }
}
