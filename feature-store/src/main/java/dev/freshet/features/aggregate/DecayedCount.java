package dev.freshet.features.aggregate;

/**
 * An exponentially decayed sum: an event of weight w counts w at its own time and half as much
 * after every half-life, w x 2^(-age / halfLife).
 *
 * <p>These are pure functions on two primitives, so that the owner can keep them wherever it likes:
 * the sum, and the time that it is of, which is that of the newest event. Start with {@code (0,
 * NEVER)} and take a new event in with
 *
 * <pre>{@code
 * value = DecayedCount.add(value, time, eventTime, weight, halfLife);
 * time = DecayedCount.time(time, eventTime);
 * }</pre>
 *
 * <p>Events may come out of order: an older one is added with what is left of it, so the sum
 * doesn't depend on the order but for rounding. The same calls give the same bits on every machine.
 * All times and half-lives are in milliseconds.
 */
public final class DecayedCount {
  /** The time of a sum of no events. */
  public static final long NEVER = Long.MIN_VALUE;

  private DecayedCount() {}

  /**
   * The sum with one more event.
   *
   * @param value the sum so far
   * @param valueTime the time that it is of
   * @param eventTime when the event happened, before or after {@code valueTime}
   * @param weight what the event counts at its own time
   * @param halfLife positive
   * @return the new sum, as of {@link #time}
   */
  public static double add(
      double value, long valueTime, long eventTime, double weight, long halfLife) {
    if (valueTime == NEVER) {
      return weight;
    }
    if (eventTime >= valueTime) {
      return at(value, valueTime, eventTime, halfLife) + weight;
    }
    return value + at(weight, eventTime, valueTime, halfLife);
  }

  /** The time that the sum is of after {@link #add}: the later one. */
  public static long time(long valueTime, long eventTime) {
    return Math.max(valueTime, eventTime);
  }

  /**
   * The sum as it is read at a time. A sum cannot be read back to before its newest event: for an
   * earlier time it is what it was at that event.
   *
   * @param value the sum
   * @param valueTime the time that it is of
   * @param readTime when it is read
   * @param halfLife positive
   */
  public static double at(double value, long valueTime, long readTime, long halfLife) {
    HalfLife.require(halfLife);
    if (valueTime == NEVER || readTime <= valueTime) {
      return value;
    }
    return value * HalfLife.power(Math.subtractExact(valueTime, readTime), halfLife);
  }
}
