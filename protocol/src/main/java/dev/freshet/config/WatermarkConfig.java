package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.time.Duration;

/**
 * The clock of the product.
 *
 * @param maxDelay how far the watermark is held behind now: an action that comes within it is seen
 *     exactly, and every answer waits for it; 0: rank on arrival
 * @param interval between two watermarks; null: 1 ms if answers wait for them, else 50 ms
 */
public record WatermarkConfig(Duration maxDelay, @Nullable Duration interval)
    implements Section, Serializable {

  private static final Duration WHERE_ANSWERS_WAIT = Duration.ofMillis(1);

  private static final Duration WHERE_NONE_WAITS = Duration.ofMillis(50);

  static WatermarkConfig defaults() {
    return new WatermarkConfig(Duration.ofMillis(5), null);
  }

  /** The time between two watermarks, chosen or not. */
  public Duration everyInterval() {
    if (interval != null) {
      return interval;
    }
    return maxDelay.isZero() ? WHERE_NONE_WAITS : WHERE_ANSWERS_WAIT;
  }

  /** How often a source reads the clock; an operator that needs it more often reads it itself. */
  public Duration sourceInterval() {
    Duration every = everyInterval();
    return every.compareTo(WHERE_NONE_WAITS) < 0 ? WHERE_NONE_WAITS : every;
  }

  @Override
  public void check(Check check) {
    check.range("max-delay", maxDelay, Duration.ZERO, Duration.ofHours(1));
    if (interval != null) {
      check.range("interval", interval, Duration.ofMillis(1), Duration.ofSeconds(1));
    }
  }
}
