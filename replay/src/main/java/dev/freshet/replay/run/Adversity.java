package dev.freshet.replay.run;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What is done to a replay on purpose, though it must change nothing.
 *
 * @param disorder share of the actions that are sent late, from 0 to 1, each by up to the
 *     watermark's delay: as late as an action can be without being late
 * @param copies how many times every action is sent; each copy may be late on its own
 * @param crash whether the job is killed in the middle and restored from a checkpoint
 */
public record Adversity(double disorder, int copies, boolean crash) {

  /** Everything in order, once, without a crash. */
  public static final Adversity NONE = new Adversity(0, 1, false);

  private static final long SEED = 1;

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Adversity {
    if (!(disorder >= 0 && disorder <= 1)) {
      throw new IllegalArgumentException("Disorder is a share from 0 to 1, not " + disorder);
    }
    if (copies < 1) {
      throw new IllegalArgumentException("Every action is sent at least once, not " + copies);
    }
  }

  /** Event time of an action, in milliseconds since the epoch. */
  @FunctionalInterface
  interface EventTime<T> {
    long of(T action);
  }

  private record Late<T>(long arrival, long number, T action) implements Comparable<Late<T>> {
    @Override
    public int compareTo(Late<T> other) {
      int byArrival = Long.compare(arrival, other.arrival);
      return byArrival != 0 ? byArrival : Long.compare(number, other.number);
    }
  }

  /**
   * Hands actions on in the order in which they are to arrive; the same ones always in the same.
   *
   * @param actions in order of event time
   * @param maxDelay milliseconds
   */
  <T> void arrange(
      Iterable<T> actions, EventTime<T> eventTime, long maxDelay, Consumer<T> consumer) {
    Random random = new Random(SEED);
    PriorityQueue<Late<T>> late = new PriorityQueue<>();
    long number = 0;
    for (T action : actions) {
      long time = eventTime.of(action);
      while (!late.isEmpty() && late.peek().arrival <= time) {
        consumer.accept(late.poll().action);
      }
      for (int copy = 0; copy < copies; copy++) {
        if (maxDelay > 0 && random.nextDouble() < disorder) {
          late.add(new Late<>(time + (long) (random.nextDouble() * maxDelay), number++, action));
        } else {
          consumer.accept(action);
        }
      }
    }
    while (!late.isEmpty()) {
      consumer.accept(late.poll().action);
    }
  }
}
