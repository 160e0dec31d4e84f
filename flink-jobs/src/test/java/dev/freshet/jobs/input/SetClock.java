package dev.freshet.jobs.input;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Stands still unless it is told otherwise. */
final class SetClock extends Clock {
  long now;

  /**
   * @param now in milliseconds since 1970-01-01T00:00:00Z
   */
  SetClock(long now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
