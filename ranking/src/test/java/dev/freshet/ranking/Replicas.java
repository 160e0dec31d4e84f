package dev.freshet.ranking;

import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.util.List;

/** Replicas and changes for tests. */
public final class Replicas {

  public static final HalfLives HALF_LIVES = new HalfLives(500, 5_000, 2_000);

  /** The attributes that {@link #settings} keeps. */
  public static final List<String> ATTRIBUTES = List.of("genre", "x");

  private Replicas() {}

  public static ReplicaSettings settings(HalfLives halfLives) {
    return new ReplicaSettings(halfLives, List.of(), ATTRIBUTES, 1_000, 64);
  }

  public static ItemReplica with(String... attributes) {
    return new ItemReplica(
        new ReplicaSettings(
            HALF_LIVES,
            List.of(),
            List.of(attributes),
            ReplicaSettings.DEFAULT_MAX_ITEMS,
            ReplicaSettings.DEFAULT_SESSIONS));
  }

  /** What the catalog says of an item. */
  public static ItemChange catalog(String item, long time, String... attributes) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.countTime = time;
    change.firstSeen = time;
    change.lastAction = Long.MIN_VALUE;
    change.visits = new Visit[0];
    change.attributes = attributes;
    return change;
  }
}
