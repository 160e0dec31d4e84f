package dev.freshet.jobs.rank;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Ids that follow from what was asked, so that a repetition has the same one. */
final class RecommendationIds {

  private RecommendationIds() {}

  /** A name-based UUID (version 3 of RFC 9562); the parts are separated by a character of none. */
  static String of(String placement, String user, String eventId) {
    String name = placement + '\0' + user + '\0' + eventId;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
