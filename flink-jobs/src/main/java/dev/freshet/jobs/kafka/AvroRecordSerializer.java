package dev.freshet.jobs.kafka;

import dev.freshet.schema.TrustedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes records as plain Avro binary, keyed by a text.
 *
 * @param <A> Avro class of the topic
 */
public final class AvroRecordSerializer<A extends SpecificRecordBase>
    implements KafkaRecordSerializationSchema<A> {

  private static final long serialVersionUID = 1;

  /** Takes the key from a record; null for none. */
  public interface Key<A> extends Function<A, String>, Serializable {}

  private final String topic;
  private final Class<A> type;
  private final Key<A> key;
  private transient SpecificDatumWriter<A> writer;
  private transient ByteArrayOutputStream bytes;
  private transient BinaryEncoder encoder;

  public AvroRecordSerializer(String topic, Class<A> type, Key<A> key) {
    this.topic = topic;
    this.type = type;
    this.key = key;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    TrustedSchemas.register();
    writer = new SpecificDatumWriter<>(type);
    // Records without logical types, as the items of a list, write themselves then: no reflection.
    writer.getSpecificData().setCustomCoders(true);
    bytes = new ByteArrayOutputStream();
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      A record, KafkaSinkContext context, Long timestamp) {
    String text = key.apply(record);
    byte[] keyBytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, timestamp, keyBytes, encode(record));
  }

  private byte[] encode(A record) {
    bytes.reset();
    encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return bytes.toByteArray();
  }
}
