package dev.freshet.jobs.input;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ticks at the beginnings of milliseconds of the wall clock, for all who ask at once. One thread,
 * which is there while someone asks. Thread-safe.
 */
final class WallClockTicks {

  private static final WallClockTicks SHARED = new WallClockTicks();

  private static final long MICROS = TimeUnit.MILLISECONDS.toMicros(1);

  private final Set<Ticking> all = ConcurrentHashMap.newKeySet();
  private Thread thread;

  WallClockTicks() {}

  /** Those of this JVM. */
  static WallClockTicks shared() {
    return SHARED;
  }

  /**
   * Begins to tick.
   *
   * @param interval whole milliseconds; ticks are at multiples of it
   * @param tick must be done soon, as others wait for their turn
   * @return ends it
   */
  synchronized Ticking every(Duration interval, Runnable tick) {
    Ticking ticking = new Ticking(interval.toMillis(), tick);
    all.add(ticking);
    if (thread == null) {
      thread = new Thread(this::run, "wall-clock-ticks");
      thread.setDaemon(true);
      thread.start();
    }
    return ticking;
  }

  private synchronized void end(Ticking ticking) {
    all.remove(ticking);
    if (all.isEmpty() && thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
      long step = Math.floorDiv(now, MICROS);
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos((step + 1) * MICROS - now));
      long millis = System.currentTimeMillis();
      for (Ticking each : all) {
        each.tickAt(millis);
      }
    }
  }

  /** Goes on until it is closed. */
  final class Ticking implements AutoCloseable {
    private final long interval;
    private final Runnable tick;

    /** The last multiple of the interval that was ticked at. */
    private long last = Long.MIN_VALUE;

    private Ticking(long interval, Runnable tick) {
      this.interval = interval;
      this.tick = tick;
    }

    private void tickAt(long millis) {
      long multiple = Math.floorDiv(millis, interval);
      if (multiple != last) {
        last = multiple;
        tick.run();
      }
    }

    @Override
    public void close() {
      end(this);
    }
  }
}
