package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.time.Duration;

/**
 * How features are computed.
 *
 * @param catalog path of the feature catalog that says what is kept in the store; null: the bundled
 *     one
 * @param popularityHalfLifeShort after which an action counts half towards what is popular now
 * @param popularityHalfLifeLong the same towards what is popular always; not the shorter one
 * @param neighbourHalfLife after which two items seen together count half
 * @param historyLength items remembered per user
 * @param sessionGap without an action, after which a new session begins
 * @param storeCacheEntities entities of each kind that a subtask caches of what it reads from the
 *     store
 * @param storeCacheMaxAge after which a cached one is read again
 * @param storeTimeout after which ranking goes on without what the store has
 */
public record FeaturesConfig(
    @Nullable String catalog,
    Duration popularityHalfLifeShort,
    Duration popularityHalfLifeLong,
    Duration neighbourHalfLife,
    int historyLength,
    Duration sessionGap,
    int storeCacheEntities,
    Duration storeCacheMaxAge,
    Duration storeTimeout)
    implements Section, Serializable {
  static FeaturesConfig defaults() {
    return new FeaturesConfig(
        null,
        Duration.ofDays(1),
        Duration.ofDays(30),
        Duration.ofDays(30),
        20,
        Duration.ofMinutes(30),
        100_000,
        Duration.ofMinutes(1),
        Duration.ofMillis(50));
  }

  @Override
  public void check(Check check) {
    Duration shortest = Duration.ofMinutes(1);
    Duration longest = Duration.ofDays(3650);
    check.range("popularity-half-life-short", popularityHalfLifeShort, shortest, longest);
    check.range("popularity-half-life-long", popularityHalfLifeLong, shortest, longest);
    check.require(
        popularityHalfLifeShort.compareTo(popularityHalfLifeLong) <= 0,
        "popularity-half-life-short is longer than popularity-half-life-long",
        "Swap them.",
        "popularity-half-life-short",
        "popularity-half-life-long");
    check.range("neighbour-half-life", neighbourHalfLife, shortest, longest);
    check.range("history-length", historyLength, 1, 1000);
    check.range("store-cache-entities", storeCacheEntities, 1, 100_000_000);
    check.range("store-cache-max-age", storeCacheMaxAge, Duration.ofMillis(1), Duration.ofDays(1));
    check.range("store-timeout", storeTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
    check.range("session-gap", sessionGap, Duration.ofSeconds(1), Duration.ofDays(7));
  }
}
