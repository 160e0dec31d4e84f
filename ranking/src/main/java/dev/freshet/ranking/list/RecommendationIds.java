package dev.freshet.ranking.list;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids that follow from what was asked, so that a repetition has the same one. */
public final class RecommendationIds {

  private RecommendationIds() {}

  /**
   * A name-based UUID (version 3 of RFC 9562); the parts are separated by a character of none.
   *
   * @param eventId of the action, or of the request if {@code asked}: an action and a request of
   *     the same id have nothing to do with each other
   */
  public static String of(String placement, String user, String eventId, boolean asked) {
    String name = placement + '\0' + user + '\0' + eventId + (asked ? "\0request" : "");
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
