package dev.freshet.jobs.checkpoint;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Limits background threads to a share of one processor, all of them together. After a thread has
 * worked, it pauses until its turn comes again. It does so every fraction of a millisecond, so a
 * thread that needs the processor meanwhile waits for no longer than that.
 */
final class Pace {

  /** Share of one processor. */
  static final double SHARE = 0.25;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The pace that all checkpoints of this JVM share. */
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
   * @param clock the time in nanoseconds
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
   * Begins a piece of work of the calling thread.
   *
   * @param end time, by the clock, from which on the thread no longer pauses
   */
  Worker begin(long end) {
    return new Worker(end);
  }

  /** Returns when a thread that has worked for so long may continue. */
  private synchronized long reserve(long worked) {
    long now = clock.getAsLong();
    long from = now - worked;
    next = next - from > 0 ? next : from;
    next += (long) (worked / SHARE);
    return next;
  }

  /** One piece of work, of one thread. */
  final class Worker {
    private final Thread thread = Thread.currentThread();
    private final long end;
    private long worked = work.getAsLong();
    private volatile boolean isOver;

    private Worker(long end) {
      this.end = end;
    }

    /**
     * Pauses for the work done since the last call. It does not pause beyond the end, nor when the
     * work is over or the thread is interrupted.
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

    /** Ends the work and a pause of its thread. Any thread may call this. */
    void over() {
      isOver = true;
      LockSupport.unpark(thread);
    }
  }
}
