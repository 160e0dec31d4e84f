package dev.freshet.replay.judge;

import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Actions and recommendations for the tests. */
public final class Recommendations {
  public static final String PLACEMENT = "home";

  private Recommendations() {}

  public static UserAction action(String id, String user, String item, long time) {
    return new UserAction(
        id, user, item, "view", Instant.ofEpochMilli(time), null, null, null, Map.of());
  }

  public static Recommendation answer(UserAction action, RankedItem... items) {
    return new Recommendation(
        action.getEventId() + "/" + PLACEMENT,
        action.getEventId(),
        action.getUser(),
        PLACEMENT,
        action.getEventTime(),
        "v1",
        "default",
        "",
        new ArrayList<>(List.of(items)),
        false,
        Instant.ofEpochMilli(1));
  }

  public static RankedItem ranked(String item, float score) {
    return new RankedItem(item, score, "popular");
  }
}
