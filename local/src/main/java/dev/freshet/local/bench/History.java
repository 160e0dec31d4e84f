package dev.freshet.local.bench;

import java.time.Duration;
import java.util.Arrays;

/**
 * When which user acted before a measurement: evenly over a span, in sessions of eight actions,
 * each user in turn, so that every user is seen where there are actions enough. In order of time.
 */
final class History {

  /** How far back a history reaches: further than any window of the bundled feature catalog. */
  static final Duration SPAN = Duration.ofDays(8);

  private static final int SESSION_ACTIONS = 8;
  private static final long STEP_MILLIS = 20_000;

  private final long startMillis;
  private final int users;

  /** Milliseconds since the start times users, plus the user: sorted, so by time. */
  private final long[] acts;

  /**
   * @param endMillis what is before the measurement, in milliseconds since 1970-01-01T00:00:00Z
   */
  History(int actions, int users, long endMillis) {
    this.startMillis = endMillis - SPAN.toMillis();
    this.users = users;
    this.acts = new long[actions];
    long sessions = (actions + SESSION_ACTIONS - 1) / SESSION_ACTIONS;
    long room = SPAN.toMillis() - SESSION_ACTIONS * STEP_MILLIS;
    for (int act = 0; act < actions; act++) {
      long session = act / SESSION_ACTIONS;
      long millis = room * session / sessions + act % SESSION_ACTIONS * STEP_MILLIS;
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
