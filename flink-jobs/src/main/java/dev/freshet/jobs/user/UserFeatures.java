package dev.freshet.jobs.user;

import dev.freshet.features.PackedCodec;
import dev.freshet.jobs.features.JobFeatures;
import java.util.List;

/** Packs a user's features for the store. Not thread safe. */
final class UserFeatures {

  private static final int ACTIONS = index("actions");
  private static final int ACTIONS_DECAYED = index("actions_decayed");
  private static final int LAST_ACTION_TIME = index("last_action_time");
  private static final int SESSION_START = index("session_start");
  private static final int SESSION_POSITION = index("session_position");
  private static final int RECENT_ITEMS = index("recent_items");

  private final PackedCodec.Writer writer =
      new PackedCodec(JobFeatures.CATALOG).writer(JobFeatures.USER);

  byte[] pack(UserProfile profile) {
    return writer
        .begin(profile.lastTime, profile.actions)
        .putLong(ACTIONS, profile.actions)
        .putDouble(ACTIONS_DECAYED, profile.decayedActions)
        .putLong(LAST_ACTION_TIME, profile.lastTime)
        .putLong(SESSION_START, profile.sessionStart)
        .putLong(SESSION_POSITION, profile.sessionPosition)
        .putStrings(RECENT_ITEMS, List.of(profile.recent))
        .toBytes();
  }

  private static int index(String name) {
    return JobFeatures.CATALOG.index(JobFeatures.USER, name);
  }
}
