package dev.freshet.jobs.kafka;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.AvroDecoder;
import dev.freshet.protocol.event.EventDecoder;
import dev.freshet.protocol.event.RejectedRecordException;
import java.time.Clock;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes and checks the records of one topic. Never throws: a record that can't be used becomes a
 * dead letter with its bytes, origin and reason.
 *
 * @param <A> Avro class of the topic
 * @param <T> what a good record becomes, a POJO
 */
final class EventDeserializer<A extends SpecificRecordBase, T>
    implements KafkaRecordDeserializationSchema<Decoded<T>> {

  private static final long serialVersionUID = 1;

  private final EventDecoder<A, T> decoder;
  private transient AvroDecoder<A> avro;
  private transient Clock clock;

  EventDeserializer(EventDecoder<A, T> decoder) {
    this.decoder = decoder;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    avro = new AvroDecoder<>(decoder.avroType());
    clock = Clock.systemUTC();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded<T>> out) {
    out.collect(decode(record));
  }

  private Decoded<T> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Decoded.good(decoder.decode(avro.decode(record.value()), record.timestamp(), clock));
    } catch (RejectedRecordException rejection) {
      return Decoded.bad(DeadLetters.of(record, rejection.reason().name(), rejection.getMessage()));
    }
  }

  @Override
  public TypeInformation<Decoded<T>> getProducedType() {
    return Decoded.typeOf(decoder.type());
  }
}
