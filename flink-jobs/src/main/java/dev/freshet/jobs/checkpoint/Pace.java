package dev.freshet.jobs.checkpoint;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets threads that do something in the background take a share of one processor at most, all of
 * them together: after what a thread has worked it rests until its turn comes again. It does so
 * every fraction of a millisecond, so whoever needs the processor meanwhile waits for no longer.
 */
final class Pace {

  /** Of one processor. */
  static final double SHARE = 0.25;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of all checkpoints of this JVM. */
  private static final Pace SHARED =
      new Pace(
          System::nanoTime,
          THREADS.isCurrentThreadCpuTimeSupported()
              ? THREADS::getCurrentThreadCpuTime
              : System::nanoTime,
          LockSupport::parkNanos);

  private final LongSupplier clock;
  private final LongSupplier work;
  private final LongConsumer rest;

  /** When the next piece of work may begin, by the clock. */
  private long next;

  /**
   * @param clock nanoseconds
   * @param work nanoseconds that the calling thread has worked
   * @param rest waits for so many nanoseconds, or less
   */
  Pace(LongSupplier clock, LongSupplier work, LongConsumer rest) {
    this.clock = clock;
    this.work = work;
    this.rest = rest;
    this.next = clock.getAsLong();
  }

  static Pace shared() {
    return SHARED;
  }

  /**
   * Begins a work of the calling thread.
   *
   * @param end from when on it rests no longer, by the clock
   */
  Worker begin(long end) {
    return new Worker(end);
  }

  /** When who has worked for so long may go on. */
  private synchronized long reserve(long worked) {
    long now = clock.getAsLong();
    long from = now - worked;
    next = next - from > 0 ? next : from;
    next += (long) (worked / SHARE);
    return next;
  }

  /** One work, of one thread. */
  final class Worker {
    private final Thread thread = Thread.currentThread();
    private final long end;
    private long worked = work.getAsLong();
    private volatile boolean isOver;

    private Worker(long end) {
      this.end = end;
    }

    /**
     * Rests after what was worked since the last time, but not beyond the end, nor when the work is
     * over or the thread interrupted.
     */
    void rest() {
      if (Thread.currentThread() != thread) {
        return;
      }
      long until = reserve(work.getAsLong() - worked);
      long now = clock.getAsLong();
      while (now - until < 0 && now - end < 0 && !isOver && !thread.isInterrupted()) {
        rest.accept(Math.min(until - now, end - now));
        now = clock.getAsLong();
      }
      worked = work.getAsLong();
    }

    /** Whoever rests does so no longer. From any thread. */
    void over() {
      isOver = true;
      LockSupport.unpark(thread);
    }
  }
}
