package dev.freshet.local.bench;

import java.util.BitSet;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What became of the actions of a window: each is to be answered once. An answer's latency counts
 * from when its action was to be sent, whenever it really was. Answers come from one thread;
 * figures may be asked for by others.
 */
final class Answers {

  /** Longer is counted as this long. */
  private static final long LONGEST_MICROS = 600_000_000;

  private static final int DIGITS = 3;

  private final Schedule schedule;
  private final long actions;
  private final long measuredFrom;
  private final BitSet answered;
  private final Histogram micros = histogram();
  private final Recorder interval = new Recorder(LONGEST_MICROS, DIGITS);
  private volatile long count;
  private volatile long repeated;

  /**
   * @param actions how many there are
   * @param measuredFrom number of the first one whose latency counts
   */
  Answers(Schedule schedule, long actions, long measuredFrom) {
    this.schedule = schedule;
    this.actions = actions;
    this.measuredFrom = measuredFrom;
    this.answered = new BitSet(Math.toIntExact(actions));
  }

  /** A histogram of microseconds, up to ten minutes. */
  static Histogram histogram() {
    return new Histogram(LONGEST_MICROS, DIGITS);
  }

  /**
   * An answer was read.
   *
   * @param action its number
   * @param nanos when, by {@link System#nanoTime}
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  void answered(long action, long nanos) {
    int bit = Math.toIntExact(action);
    if (answered.get(bit)) {
      repeated++;
      return;
    }
    answered.set(bit);
    if (action >= measuredFrom) {
      long took = Math.max(0, (nanos - schedule.dueNanos(action)) / 1_000);
      micros.recordValue(Math.min(took, LONGEST_MICROS));
      interval.recordValue(Math.min(took, LONGEST_MICROS));
    }
    count++; // last: who sees it sees the rest
  }

  long count() {
    return count;
  }

  boolean complete() {
    return count == actions;
  }

  long missing() {
    return actions - count;
  }

  /** Answers beyond the first to an action. */
  long repeated() {
    return repeated;
  }

  /** Latencies in µs; to be read when no answer comes any more. */
  Histogram micros() {
    return micros;
  }

  /** Latencies in µs since the last call. */
  Histogram intervalMicros() {
    return interval.getIntervalHistogram();
  }
}
