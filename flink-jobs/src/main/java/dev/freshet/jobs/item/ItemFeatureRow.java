package dev.freshet.jobs.item;

import dev.freshet.features.PackedCodec;
import dev.freshet.jobs.features.JobFeatures;
import java.util.List;

/** Packs an item's features for the store. Not thread safe. */
final class ItemFeatureRow {

  private static final int ACTIONS = index("actions");
  private static final int POPULARITY_SHORT = index("popularity_short");
  private static final int POPULARITY_LONG = index("popularity_long");
  private static final int FIRST_SEEN = index("first_seen");
  private static final int LAST_ACTION_TIME = index("last_action_time");
  private static final int ATTRIBUTES = index("attributes");
  private static final int DELETED = index("deleted");

  private final PackedCodec.Writer writer =
      new PackedCodec(JobFeatures.CATALOG).writer(JobFeatures.ITEM);

  byte[] pack(ItemProfile profile) {
    writer
        .begin(profile.lastTime, profile.events)
        .putLong(ACTIONS, profile.actions)
        .putDouble(POPULARITY_SHORT, profile.shortCount)
        .putDouble(POPULARITY_LONG, profile.longCount)
        .putLong(FIRST_SEEN, profile.firstSeen);
    if (profile.lastAction != Long.MIN_VALUE) {
      writer.putLong(LAST_ACTION_TIME, profile.lastAction);
    }
    return writer
        .putStrings(ATTRIBUTES, List.of(profile.attributes))
        .putLong(DELETED, profile.deleted ? 1 : 0)
        .toBytes();
  }

  private static int index(String name) {
    return JobFeatures.CATALOG.index(JobFeatures.ITEM, name);
  }
}
