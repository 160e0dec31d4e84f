package dev.freshet.config;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * Which events are taken; others become dead letters.
 *
 * @param earliest the earliest event time that is accepted
 * @param maxFuture how far ahead of the machine's clock an event time may be
 * @param maxIdLength longest id of an event, user or item, in UTF-16 units
 * @param dedupWindow how long an event id is remembered, in event time
 */
public record EventsConfig(
    Instant earliest, Duration maxFuture, int maxIdLength, Duration dedupWindow)
    implements Section, Serializable {
  static EventsConfig defaults() {
    return new EventsConfig(
        Instant.parse("2000-01-01T00:00:00Z"), Duration.ofSeconds(10), 256, Duration.ofMinutes(10));
  }

  @Override
  public void check(Check check) {
    check.range("earliest", earliest, Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
    check.range("max-future", maxFuture, Duration.ZERO, Duration.ofDays(1));
    check.range("max-id-length", maxIdLength, 1, 1024);
    check.range("dedup-window", dedupWindow, Duration.ofMillis(1), Duration.ofDays(30));
  }
}
