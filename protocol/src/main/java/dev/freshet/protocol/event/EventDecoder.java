package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Checks the records of one topic and converts them to what the job computes with. The job and
 * offline checks use the same decoder, so that both accept and refuse the same records.
 *
 * @param <A> Avro class of the topic
 * @param <T> what a good record becomes, a POJO
 */
public abstract class EventDecoder<A extends SpecificRecordBase, T> implements Serializable {

  private static final long serialVersionUID = 1;

  protected final EventRules rules;
  private final TimeSource timeSource;
  private final Class<A> avroType;
  private final Class<T> type;

  EventDecoder(Class<A> avroType, Class<T> type, EventRules rules, TimeSource timeSource) {
    this.avroType = avroType;
    this.type = type;
    this.rules = rules;
    this.timeSource = timeSource;
  }

  /** Checks the record's fields, except for the time, and takes over what the job needs. */
  abstract T convert(A record, long time) throws RejectedRecordException;

  /** The producer's event time. */
  abstract Instant eventTime(A record);

  /** The Avro class of the topic. */
  public final Class<A> avroType() {
    return avroType;
  }

  /** The class that a good record becomes. */
  public final Class<T> type() {
    return type;
  }

  /**
   * Checks and converts a record.
   *
   * @param recordTime the time of the record in Kafka, in epoch milliseconds
   * @param clock decides which times are in the future
   * @throws RejectedRecordException if the job refuses the record, with the reason
   */
  public final T decode(A record, long recordTime, Clock clock) throws RejectedRecordException {
    long time = timeSource == TimeSource.RECORD ? recordTime : millis(record);
    T value = convert(record, time);
    rules.checkTime(time, clock);
    return value;
  }

  /** Works like {@link #decode}, but returns empty if the job refuses the record. */
  public final Optional<T> accept(A record, long recordTime, Clock clock) {
    try {
      return Optional.of(decode(record, recordTime, clock));
    } catch (RejectedRecordException rejection) {
      return Optional.empty();
    }
  }

  private long millis(A record) throws RejectedRecordException {
    try {
      return eventTime(record).toEpochMilli();
    } catch (ArithmeticException beyondLong) {
      throw new RejectedRecordException(
          RejectReason.TIME_IN_FUTURE,
          "Event time " + eventTime(record) + " is outside the range of milliseconds.");
    }
  }
}
