package dev.freshet.jobs.rank;

import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.util.List;

/** Replicas and changes for tests. */
public final class Replicas {

  private Replicas() {}

  public static ItemReplica with(String... attributes) {
    return new ItemReplica(
        new ReplicaSettings(
            RecordedStream.HALF_LIVES,
            StoreFeatures.NONE,
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
