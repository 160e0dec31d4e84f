package dev.freshet.jobs.item;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.aggregate.DecayedCount;

/** The state that is kept for an item. It is a Flink POJO in keyed state. */
public class ItemProfile {

  /** Actions with the short half-life, as of {@link #countTime}. */
  public double shortCount;

  /** Actions with the long half-life, as of {@link #countTime}. */
  public double longCount;

  public long countTime = DecayedCount.NEVER;

  /** Earliest event time of an action on the item or of an update from the catalog. */
  public long firstSeen = Long.MAX_VALUE;

  public long lastAction = Long.MIN_VALUE;

  /** Attributes as {@code name=value}, sorted, as of {@link #catalogTime}. */
  public String[] attributes = {};

  public boolean deleted;
  public long catalogTime = Long.MIN_VALUE;

  public ItemProfile() {}

  /** Adds an action or a catalog update. Events come in event order, except late ones. */
  public void apply(FeatureEvent event, ItemSettings settings) {
    firstSeen = Math.min(firstSeen, event.time);
    if (event.isAction()) {
      shortCount = DecayedCount.add(shortCount, countTime, event.time, 1, settings.shortHalfLife());
      longCount = DecayedCount.add(longCount, countTime, event.time, 1, settings.longHalfLife());
      countTime = DecayedCount.time(countTime, event.time);
      lastAction = countTime;
    } else if (event.time >= catalogTime) {
      attributes = event.attributes;
      deleted = event.deleted;
      catalogTime = event.time;
    }
  }
}
