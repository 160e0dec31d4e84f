package dev.freshet.protocol.event;

import dev.freshet.config.EventsConfig;
import dev.freshet.schema.UserAction;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;

/**
 * What ids and times of an event must be like.
 *
 * @param earliest least event time, in milliseconds since the epoch
 * @param maxFuture how far an event time may be ahead of this machine's clock, in milliseconds
 * @param maxIdLength greatest length of an id, in UTF-16 units
 */
public record EventRules(long earliest, long maxFuture, int maxIdLength) implements Serializable {

  /** The rules as they are configured. */
  public static EventRules of(EventsConfig events) {
    return new EventRules(
        events.earliest().toEpochMilli(), events.maxFuture().toMillis(), events.maxIdLength());
  }

  /** Whether the job takes an action; otherwise it goes to the dead letters. */
  public boolean accept(UserAction action, Clock clock) {
    try {
      checkIds(action);
      checkTime(action.getEventTime().toEpochMilli(), clock);
      return true;
    } catch (RejectedRecordException e) {
      return false;
    }
  }

  void checkIds(UserAction action) throws RejectedRecordException {
    checkId("event_id", action.getEventId());
    checkId("user", action.getUser());
    checkOptionalId("item", action.getItem());
    checkId("action", action.getAction());
    checkOptionalId("session", action.getSession());
    checkOptionalId("recommendation_id", action.getRecommendationId());
  }

  /** Checks a mandatory id or name. */
  void checkId(String field, String id) throws RejectedRecordException {
    if (id == null || id.isEmpty()) {
      throw new RejectedRecordException(
          RejectReason.EMPTY_ID,
          "Field '" + field + "' is empty. Send the id, or don't send the record.");
    }
    checkLength(field, id);
  }

  /** Checks an id that may be absent (null), but not empty. */
  void checkOptionalId(String field, String id) throws RejectedRecordException {
    if (id != null) {
      checkId(field, id);
    }
  }

  private void checkLength(String field, String id) throws RejectedRecordException {
    if (id.length() > maxIdLength) {
      throw new RejectedRecordException(
          RejectReason.ID_TOO_LONG,
          "Field '"
              + field
              + "' has "
              + id.length()
              + " characters and begins with '"
              + id.substring(0, Math.min(32, maxIdLength))
              + "'; events.max-id-length is "
              + maxIdLength
              + ".");
    }
  }

  /** Checks an event time in milliseconds since the epoch. */
  void checkTime(long time, Clock clock) throws RejectedRecordException {
    if (time < earliest) {
      throw new RejectedRecordException(
          RejectReason.TIME_TOO_EARLY,
          "Event time "
              + printable(time)
              + " is before events.earliest, "
              + Instant.ofEpochMilli(earliest)
              + ". Is the time in milliseconds?");
    }
    long now = clock.millis();
    if (time - now > maxFuture) {
      throw new RejectedRecordException(
          RejectReason.TIME_IN_FUTURE,
          "Event time "
              + printable(time)
              + " is more than events.max-future, "
              + maxFuture
              + " ms, ahead of the clock, "
              + Instant.ofEpochMilli(now)
              + ". Is the time in milliseconds, and is the producer's clock right?");
    }
  }

  private static String printable(long time) {
    return Instant.ofEpochMilli(time) + " (" + time + ")";
  }
}
