package dev.freshet.jobs.kafka;

import dev.freshet.jobs.config.FreshetConfig.TimeSource;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes and checks the records of one topic. Never throws: what can't be used becomes a dead
 * letter with its bytes, origin and reason.
 *
 * @param <A> Avro class of the topic
 * @param <T> what a good record becomes, a POJO
 */
abstract class EventDeserializer<A extends SpecificRecordBase, T>
    implements KafkaRecordDeserializationSchema<Decoded<T>> {

  private static final long serialVersionUID = 1;

  protected final EventRules rules;
  protected final TimeSource timeSource;
  private final Class<A> avroType;
  private final Class<T> type;
  private transient AvroDecoder<A> decoder;
  private transient Clock clock;

  EventDeserializer(Class<A> avroType, Class<T> type, EventRules rules, TimeSource timeSource) {
    this.avroType = avroType;
    this.type = type;
    this.rules = rules;
    this.timeSource = timeSource;
  }

  /** Checks the record's fields, except for the time, and takes over what the job needs. */
  abstract T convert(A record, long time) throws RejectedRecordException;

  /** The producer's event time. */
  abstract Instant eventTime(A record);

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder<>(avroType);
    clock = Clock.systemUTC();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded<T>> out) {
    out.collect(decode(record));
  }

  private Decoded<T> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Decoded.good(check(decoder.decode(record.value()), record.timestamp(), clock));
    } catch (RejectedRecordException rejection) {
      return Decoded.bad(DeadLetters.of(record, rejection.reason().name(), rejection.getMessage()));
    }
  }

  /**
   * What the job makes of a record that is read already: for those who reckon without Kafka by the
   * same rules. Needs no {@link #open}.
   *
   * @param recordTime the time of the record in Kafka, in epoch milliseconds
   * @param clock by which a time is in the future
   * @return empty if the job would refuse the record
   */
  public final Optional<T> accept(A record, long recordTime, Clock clock) {
    try {
      return Optional.of(check(record, recordTime, clock));
    } catch (RejectedRecordException rejection) {
      return Optional.empty();
    }
  }

  private T check(A event, long recordTime, Clock by) throws RejectedRecordException {
    long time = timeSource == TimeSource.RECORD ? recordTime : millis(event);
    T value = convert(event, time);
    rules.checkTime(time, by);
    return value;
  }

  private long millis(A event) throws RejectedRecordException {
    try {
      return eventTime(event).toEpochMilli();
    } catch (ArithmeticException beyondLong) {
      throw new RejectedRecordException(
          RejectReason.TIME_IN_FUTURE, "Event time " + eventTime(event) + " is beyond reckoning.");
    }
  }

  @Override
  public TypeInformation<Decoded<T>> getProducedType() {
    return Decoded.typeOf(type);
  }
}
