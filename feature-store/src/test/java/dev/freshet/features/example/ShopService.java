package dev.freshet.features.example;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCache;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.RedisSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A service that uses the feature store; the code of docs/how-to/read-features-from-a-service.md.
 */
final class ShopService implements AutoCloseable {
  private final Clock clock;

  // snippet: open
  private final FeatureStore store;

  // One for the whole service: it is thread-safe and keeps its connections.
  static FeatureStore open(String address, FeatureCatalog catalog) {
    RedisSettings redis = RedisSettings.parse(address).withTimeout(Duration.ofMillis(200));
    FeatureStore store = FeatureStoreSettings.packed(redis).open(catalog);
    store.ping(); // a wrong address or password fails here
    return store;
  }

  // end

  // snippet: cache
  private final FeatureCache<float[]> tastes;

  private static FeatureCache<float[]> tastes(FeatureStore store) {
    FeatureVectors vectors = new FeatureVectors(store.catalog(), Entity.USER, List.of("taste"));
    return new FeatureCache<>(
        store,
        Entity.USER,
        row -> {
          float[] taste = new float[vectors.width()];
          vectors.read(row, System.currentTimeMillis(), taste, 0);
          return taste;
        },
        100_000, // users
        Duration.ofMinutes(1)); // how old a taste may be
  }

  CompletableFuture<float[]> taste(String user) {
    return tastes.get(user); // at once if it is cached
  }

  // end

  ShopService(FeatureStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    tastes = tastes(store);
  }

  // snippet: read
  String greeting(String user) {
    long now = clock.millis();
    return store
        .get(Entity.USER, user)
        .map(row -> row.at(now))
        .map(
            values ->
                "%d clicks, %s"
                    .formatted(
                        values.getLong("clicks_1h").orElse(0),
                        values.getText("segment").orElse("of no segment")))
        .orElse("a stranger");
  }

  // end

  // snippet: vectors
  /** A row of numbers for each item, for a model. */
  float[] matrix(List<String> items) {
    FeatureVectors vectors =
        new FeatureVectors(store.catalog(), Entity.ITEM, List.of("views_1d", "price"));
    Map<String, FeatureRow> rows = store.multiGet(Entity.ITEM, items); // one round trip
    float[] matrix = new float[items.size() * vectors.width()];
    long now = clock.millis();
    for (int i = 0; i < items.size(); i++) {
      vectors.read(rows.get(items.get(i)), now, matrix, i * vectors.width());
    }
    return matrix;
  }

  // end

  // snippet: async
  CompletableFuture<Long> clicks(List<String> users) {
    long now = clock.millis();
    return store
        .multiGetAsync(Entity.USER, users)
        .thenApply(
            rows ->
                rows.values().stream()
                    .mapToLong(row -> row.at(now).getLong("clicks_1h").orElse(0))
                    .sum());
  }

  // end

  // snippet: why
  String why(FeatureRow row, String feature) {
    FeatureValue value = row.at(clock.millis()).get(feature);
    return switch (value.status()) {
      case PRESENT -> value.value() + ", as of " + Instant.ofEpochMilli(value.eventTime());
      case EXPIRED -> "nothing since " + Instant.ofEpochMilli(value.eventTime());
      case EMPTY -> "nothing of that kind has happened";
      case MISSING -> "the group was never written, or is forgotten";
    };
  }

  // end

  // snippet: write
  /** Writes what a nightly job has computed, as of the time at which it took its data. */
  void writeTastes(Map<String, double[]> tasteOfUser, Instant dataTakenAt, long run) {
    FeatureGroup group = store.catalog().group(Entity.USER, "embeddings").orElseThrow();
    RowUpdater updater = new RowUpdater(group); // for one thread
    FeatureVersion version = new FeatureVersion(dataTakenAt.toEpochMilli(), run);
    List<FeatureWrite> batch = new ArrayList<>();
    for (Map.Entry<String, double[]> user : tasteOfUser.entrySet()) {
      byte[] packed = updater.given(version, Map.of("taste", user.getValue()));
      batch.add(new FeatureWrite(group, user.getKey(), packed));
      if (batch.size() == 500) {
        store.write(batch);
        batch.clear();
      }
    }
    store.write(batch);
  }

  // end

  // snippet: erase
  boolean erase(String user) {
    return store.delete(Entity.USER, user);
  }

  // end

  @Override
  public void close() {
    tastes.close();
    store.close();
  }
}
