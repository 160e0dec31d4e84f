package dev.freshet.ranking.replica;

import java.io.Serializable;
import java.util.List;

/**
 * What the replica of items keeps.
 *
 * @param halfLives how fast counts and weights decay
 * @param storedNumbers names of the numbers that changes carry from the store, in their order
 * @param attributes names of the attributes that ranking looks at; changes carry their values
 * @param maxItems number of items above which the coldest are evicted
 * @param sessions in which nearest neighbours are looked for: of the most recent ones so many, or
 *     the next power of two
 */
public record ReplicaSettings(
    HalfLives halfLives,
    List<String> storedNumbers,
    List<String> attributes,
    int maxItems,
    int sessions)
    implements Serializable {

  /** Enough for most catalogs; docs/performance/ranking.md lists their heap size. */
  public static final int DEFAULT_MAX_ITEMS = 1_000_000;

  /** Some hundred bytes of the heap each. */
  public static final int DEFAULT_SESSIONS = 100_000;

  /** Lower bound: fewer items than this would be evicted while they are ranked. */
  public static final int LEAST_MAX_ITEMS = 16;

  public ReplicaSettings {
    storedNumbers = List.copyOf(storedNumbers);
    attributes = List.copyOf(attributes);
    if (maxItems < LEAST_MAX_ITEMS) {
      throw new IllegalArgumentException(
          "The replica must have room for " + LEAST_MAX_ITEMS + " items at least: " + maxItems);
    }
  }
}
