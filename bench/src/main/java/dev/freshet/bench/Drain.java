package dev.freshet.bench;

import dev.freshet.bench.Orders.Drained;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/** When the answers to a backlog came. Not thread safe. */
final class Drain {

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Of the answers, this part at either end is not the middle. */
  private static final int ENDS = 20;

  private final int actions;
  private final BitSet answered;
  private int count;
  private long repeated;
  private long firstNanos;
  private long middleFromNanos;
  private long middleToNanos;
  private long lastNanos;

  Drain(int actions) {
    this.actions = actions;
    this.answered = new BitSet(actions);
  }

  void answered(int action, long nanos) {
    if (answered.get(action)) {
      repeated++;
      return;
    }
    answered.set(action);
    count++;
    if (count == 1) {
      firstNanos = nanos;
    }
    if (count <= Math.max(1, actions / ENDS)) {
      middleFromNanos = nanos;
    }
    if (count <= actions - actions / ENDS) {
      middleToNanos = nanos;
    }
    lastNanos = nanos;
  }

  boolean complete() {
    return count == actions;
  }

  Drained result() {
    return new Drained(
        count,
        actions - count,
        repeated,
        (lastNanos - firstNanos) / NANOS_PER_SECOND,
        Math.max(0, Math.min(count, actions - actions / ENDS) - Math.max(1, actions / ENDS)),
        (middleToNanos - middleFromNanos) / NANOS_PER_SECOND);
  }
}
