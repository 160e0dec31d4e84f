package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.time.Duration;

/**
 * Which features are computed, and how ranking reads those that others compute from the store.
 *
 * @param catalog path of the feature catalog that says what is kept in the store; null: the bundled
 *     one
 * @param storeCacheEntities entities of each kind that a subtask caches of what it reads from the
 *     store
 * @param storeCacheMaxAge after which a cached entity is read again
 * @param storeTimeout after which ranking goes on without what the store has
 */
public record FeaturesConfig(
    @Nullable String catalog,
    int storeCacheEntities,
    Duration storeCacheMaxAge,
    Duration storeTimeout)
    implements Section, Serializable {
  static FeaturesConfig defaults() {
    return new FeaturesConfig(null, 100_000, Duration.ofMinutes(1), Duration.ofMillis(50));
  }

  @Override
  public void check(Check check) {
    check.range("store-cache-entities", storeCacheEntities, 1, 100_000_000);
    check.range("store-cache-max-age", storeCacheMaxAge, Duration.ofMillis(1), Duration.ofDays(1));
    check.range("store-timeout", storeTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
  }
}
