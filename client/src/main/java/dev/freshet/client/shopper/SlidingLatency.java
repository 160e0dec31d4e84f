package dev.freshet.client.shopper;

import org.HdrHistogram.Histogram;

/**
 * Latencies of the last {@value DemoStatistics#LATENCY_SECONDS} seconds: one histogram a second.
 * Not thread-safe.
 */
final class SlidingLatency {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int SLOTS = DemoStatistics.LATENCY_SECONDS;

  /** Longer ones count as this long. Microseconds. */
  private static final long HIGHEST_MICROS = 600_000_000L;

  private final long startNanos;
  private final Histogram[] seconds = new Histogram[SLOTS];
  private long newest;

  SlidingLatency(long startNanos) {
    this.startNanos = startNanos;
    for (int slot = 0; slot < SLOTS; slot++) {
      seconds[slot] = histogram();
    }
  }

  /**
   * @param nanos when the latency was seen
   * @param latencyNanos how long it was
   */
  void add(long nanos, long latencyNanos) {
    long second = second(nanos);
    advance(second);
    if (second > newest - SLOTS) {
      long micros = Math.max(0, Math.min(HIGHEST_MICROS, latencyNanos / 1000));
      seconds[(int) (second % SLOTS)].recordValue(micros);
    }
  }

  /** Latencies of the window, in microseconds. */
  Histogram recent(long nowNanos) {
    advance(second(nowNanos));
    Histogram sum = histogram();
    for (Histogram second : seconds) {
      sum.add(second);
    }
    return sum;
  }

  private long second(long nanos) {
    return Math.max(0, (nanos - startNanos) / SECOND_NANOS);
  }

  private void advance(long second) {
    for (long next = Math.max(newest + 1, second - SLOTS + 1); next <= second; next++) {
      seconds[(int) (next % SLOTS)].reset();
    }
    newest = Math.max(newest, second);
  }

  private static Histogram histogram() {
    return new Histogram(HIGHEST_MICROS, 2);
  }
}
