package dev.freshet.ranking;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
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

  /**
   * An action of a new user on an item, the only one so far.
   *
   * @param before items that the user acted on before, the last first
   */
  public static ItemChange action(String item, long time, String... before) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.shortCount = 1;
    change.longCount = 1;
    change.countTime = time;
    change.firstSeen = time;
    change.lastAction = time;
    change.visits = new Visit[] {new Visit()};
    change.visits[0].user = FeatureEvent.hash("user at " + time);
    change.visits[0].before = before;
    return change;
  }

  /** A request of an unknown user who acted on these items, the last first. */
  public static RankRequest request(long time, String... recent) {
    RankRequest request = new RankRequest();
    request.eventId = "request at " + time;
    request.user = "someone";
    request.time = time;
    request.recent = recent;
    return request;
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
