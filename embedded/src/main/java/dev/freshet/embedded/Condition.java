package dev.freshet.embedded;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for something that a server does on its own and that can only be asked for. */
final class Condition {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Condition() {}

  /**
   * Asks until the condition holds.
   *
   * @param deadline in {@link System#nanoTime()}
   * @throws IllegalStateException with {@code message} after the deadline or on an interrupt
   */
  static void await(BooleanSupplier condition, long deadline, Supplier<String> message) {
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException(message.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
