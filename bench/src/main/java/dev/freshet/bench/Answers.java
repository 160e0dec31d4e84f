package dev.freshet.bench;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

  /** Steps of a second. */
  private static final int STEPS = 10;

  private final Schedule schedule;
  private final long actions;
  private final long measuredFrom;
  private final BitSet answered;
  private final Histogram micros = histogram();
  private final Recorder interval = new Recorder(LONGEST_MICROS, DIGITS);
  private final int[] stepCount;
  private final long[] stepMicros;
  private final long[] stepLongest;
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
    int steps = step(actions - 1) + 1;
    this.stepCount = new int[steps];
    this.stepMicros = new long[steps];
    this.stepLongest = new long[steps];
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
      int step = step(action);
      stepCount[step]++;
      stepMicros[step] += took;
      stepLongest[step] = Math.max(stepLongest[step], took);
      interval.recordValue(Math.min(took, LONGEST_MICROS));
    }
    count++; // last: who sees it sees the rest
  }

  private int step(long action) {
    return (int) ((action - measuredFrom) * STEPS / schedule.rate());
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

  /** Latencies from step to step; to be read when no answer comes any more. */
  Timeline.Steps steps() {
    List<Double> mean = new ArrayList<>();
    List<Double> longest = new ArrayList<>();
    for (int step = 0; step < stepCount.length; step++) {
      mean.add(stepCount[step] == 0 ? Double.NaN : stepMicros[step] / 1e3 / stepCount[step]);
      longest.add(stepCount[step] == 0 ? Double.NaN : stepLongest[step] / 1e3);
    }
    long age = (System.nanoTime() - schedule.dueNanos(measuredFrom)) / 1_000_000;
    return new Timeline.Steps(System.currentTimeMillis() - age, 1.0 / STEPS, mean, longest);
  }

  /** Latencies in µs since the last call. */
  Histogram intervalMicros() {
    return interval.getIntervalHistogram();
  }
}
