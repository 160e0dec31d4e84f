package dev.freshet.local.bench;

import java.time.Duration;
import java.util.Arrays;

/**
 * When which user acted before a measurement: evenly over a span, in sessions or one action at a
 * time, each user in turn, so that every user is seen where there are actions enough. In order of
 * time.
 */
final class History {

  /** How far back a history reaches: further than any window of the bundled feature catalog. */
  static final Duration SPAN = Duration.ofDays(8);

  /** Actions of a session where there are sessions. */
  static final int SESSION_ACTIONS = 8;

  private static final long STEP_MILLIS = 20_000;

  private final long startMillis;
  private final int users;

  /** Milliseconds since the start times users, plus the user: sorted, so by time. */
  private final long[] acts;

  /**
   * @param together how many actions a user does at a time: {@link #SESSION_ACTIONS}, or 1 for one
   *     who never rests for long if there are actions enough
   * @param endMillis what is before the measurement, in milliseconds since 1970-01-01T00:00:00Z
   */
  History(int actions, int users, int together, long endMillis) {
    this.startMillis = endMillis - SPAN.toMillis();
    this.users = users;
    this.acts = new long[actions];
    long sessions = (actions + together - 1) / together;
    long room = SPAN.toMillis() - together * STEP_MILLIS;
    for (int act = 0; act < actions; act++) {
      long session = act / together;
      long millis = room * session / sessions + act % together * STEP_MILLIS;
      acts[act] = millis * users + session % users;
    }
    Arrays.sort(acts);
  }

  int size() {
    return acts.length;
  }

  int user(int act) {
    return (int) (acts[act] % users);
  }

  long timeMillis(int act) {
    return startMillis + acts[act] / users;
  }
}
