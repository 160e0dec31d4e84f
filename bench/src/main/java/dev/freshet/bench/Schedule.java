package dev.freshet.bench;

import java.util.concurrent.TimeUnit;

/**
 * When each action is to be sent: fixed before the first one is, so that nothing that happens
 * later, above all no slow answer, moves it.
 *
 * @param startNanos {@link System#nanoTime} of the first action
 * @param rate actions a second
 */
record Schedule(long startNanos, double rate) {

  Schedule {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(
          "the rate must be a positive number of actions a second, not " + rate);
    }
  }

  /** When an action is due, by {@link System#nanoTime}. */
  long dueNanos(long action) {
    return startNanos + Math.round(action / rate * TimeUnit.SECONDS.toNanos(1));
  }

  /** How many actions are due within a time. */
  static long actions(double rate, double seconds) {
    return Math.max(1, Math.round(rate * seconds));
  }
}
