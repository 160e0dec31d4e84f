package dev.freshet.jobs.item;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.aggregate.DecayedCount;

/** What is remembered of an item. A Flink POJO, kept in keyed state. */
public class ItemProfile {

  /** Actions with the short half-life, as of {@link #countTime}. */
  public double shortCount;

  /** Actions with the long half-life, as of {@link #countTime}. */
  public double longCount;

  public long countTime = DecayedCount.NEVER;

  /** Event time at which the item was first heard of, by an action or from the catalog. */
  public long firstSeen = Long.MAX_VALUE;

  public long lastAction = Long.MIN_VALUE;

  /** {@code name=value}, sorted, as of {@link #catalogTime}. */
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
