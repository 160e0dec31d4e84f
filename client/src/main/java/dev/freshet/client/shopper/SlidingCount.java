package dev.freshet.client.shopper;

import java.util.Arrays;

/**
 * Events per second over the last {@value DemoStatistics#RATE_SECONDS} seconds, counted in tenths
 * of a second. Not thread-safe.
 */
final class SlidingCount {
  private static final long BUCKET_NANOS = 100_000_000L;
  private static final int BUCKETS = DemoStatistics.RATE_SECONDS * 10;

  private final long startNanos;
  private final long[] counts = new long[BUCKETS];
  private long newest;

  SlidingCount(long startNanos) {
    this.startNanos = startNanos;
  }

  /** Counts an event; one from before the window is left out. */
  void add(long nanos) {
    long bucket = bucket(nanos);
    advance(bucket);
    if (bucket > newest - BUCKETS) {
      counts[(int) (bucket % BUCKETS)]++;
    }
  }

  /** Events per second; in the first second as if one had passed. */
  double perSecond(long nowNanos) {
    advance(bucket(nowNanos));
    long windowStart = Math.max(startNanos, startNanos + (newest - BUCKETS + 1) * BUCKET_NANOS);
    double seconds = Math.max(1, (nowNanos - windowStart) / 1e9);
    return Arrays.stream(counts).sum() / seconds;
  }

  private long bucket(long nanos) {
    return Math.max(0, (nanos - startNanos) / BUCKET_NANOS);
  }

  private void advance(long bucket) {
    for (long next = Math.max(newest + 1, bucket - BUCKETS + 1); next <= bucket; next++) {
      counts[(int) (next % BUCKETS)] = 0;
    }
    newest = Math.max(newest, bucket);
  }
}
