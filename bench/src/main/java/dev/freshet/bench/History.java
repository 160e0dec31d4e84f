package dev.freshet.bench;

import java.time.Duration;
import java.util.Arrays;

/**
 * When which user acted before a measurement: each user in turn, so that every user is seen where
 * there are actions enough. In order of time.
 */
final class History {

  /** How far back a history reaches: further than any window of the bundled feature catalog. */
  static final Duration SPAN = Duration.ofDays(8);

  /** Actions of a session where there are sessions. */
  static final int SESSION_ACTIONS = 8;

  /** Between two actions of a user who is there. */
  private static final long STEP_MILLIS = 20_000;

  private static final long LAST_HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private final long startMillis;
  private final int users;

  /** Milliseconds since the start times users, plus the user; in order of time. */
  private final long[] acts;

  private History(int actions, int users, long endMillis) {
    this.startMillis = endMillis - SPAN.toMillis();
    this.users = users;
    this.acts = new long[actions];
  }

  /**
   * Of users who come for a session and go, evenly over the span.
   *
   * @param endMillis what is before the measurement, in milliseconds since 1970-01-01T00:00:00Z
   */
  static History inSessions(int actions, int users, long endMillis) {
    History history = new History(actions, users, endMillis);
    long sessions = (actions + SESSION_ACTIONS - 1) / SESSION_ACTIONS;
    long room = SPAN.toMillis() - SESSION_ACTIONS * STEP_MILLIS;
    for (int act = 0; act < actions; act++) {
      long session = act / SESSION_ACTIONS;
      long millis = room * session / sessions + act % SESSION_ACTIONS * STEP_MILLIS;
      history.acts[act] = millis * users + session % users;
    }
    Arrays.sort(history.acts);
    return history;
  }

  /**
   * Of users who never rest for long: in the last hour each acts every 20 seconds, if there are
   * twice as many actions as that takes, and evenly over the span before. So short windows are as
   * full as under load, and long ones have something in each of their tiles if there are actions
   * enough.
   *
   * @param endMillis what is before the measurement, in milliseconds since 1970-01-01T00:00:00Z
   */
  static History steady(int actions, int users, long endMillis) {
    History history = new History(actions, users, endMillis);
    int dense = (int) Math.min(actions / 2, users * (LAST_HOUR_MILLIS / STEP_MILLIS));
    long before = SPAN.toMillis() - LAST_HOUR_MILLIS;
    history.fill(0, actions - dense, 0, before);
    history.fill(actions - dense, actions, before, LAST_HOUR_MILLIS);
    return history;
  }

  /** Evenly over a part of the span, each user in turn. */
  private void fill(int from, int to, long partMillis, long millis) {
    for (int act = from; act < to; act++) {
      acts[act] = (partMillis + millis * (act - from) / (to - from)) * users + act % users;
    }
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
