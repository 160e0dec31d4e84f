package dev.freshet.features.redis;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and when a request is repeated that failed for a reason that passes, such as a lost
 * connection or a failover.
 *
 * <p>Before the n-th repetition a client waits for a random time (full jitter, so that clients that
 * failed together do not come back together) from 0 to {@code firstPause} doubled n-1 times, but
 * not beyond {@code longestPause}.
 *
 * @param attempts how often a request is tried in all; 1: no repetition
 * @param firstPause the longest wait before the first repetition
 * @param longestPause the longest wait before any
 */
public record RedisRetry(int attempts, Duration firstPause, Duration longestPause)
    implements Serializable {
  /** Every failure is reported at once, for a caller that repeats by itself. */
  public static final RedisRetry NONE =
      new RedisRetry(1, Duration.ofMillis(50), Duration.ofSeconds(2));

  /** 5 attempts within 750 ms on top of what they take: outlasts a hiccup, not an outage. */
  public static final RedisRetry DEFAULT =
      new RedisRetry(5, Duration.ofMillis(50), Duration.ofSeconds(2));

  void check(List<String> errors) {
    if (attempts < 1) {
      errors.add("the attempts are " + attempts + ": there must be 1 or more");
    }
    if (firstPause.isNegative()) {
      errors.add("the first pause is " + firstPause + ": it must be 0 or more");
    }
    if (longestPause.compareTo(firstPause) < 0) {
      errors.add("the longest pause " + longestPause + " is shorter than the first, " + firstPause);
    }
    if (longestPause.compareTo(Duration.ofDays(1)) > 0) {
      errors.add("the longest pause is " + longestPause + ": it must be 1 day or less");
    }
  }

  /**
   * A random wait before a repetition.
   *
   * @param repetition from 1
   */
  Duration pauseBefore(int repetition) {
    // 2^30 first pauses of a nanosecond are a second: beyond that only longestPause matters.
    double bound =
        Math.min(
            longestPause.toNanos(),
            (double) firstPause.toNanos() * (1L << Math.min(repetition - 1, 40)));
    return Duration.ofNanos((long) (bound * ThreadLocalRandom.current().nextDouble()));
  }
}
