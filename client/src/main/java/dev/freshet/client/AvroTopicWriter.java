package dev.freshet.client;

import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.TrustedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes Avro records to Kafka topics. An error shows at the next call. Not thread safe. */
public final class AvroTopicWriter implements AutoCloseable {

  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private final KafkaConnection kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private BinaryEncoder encoder;

  /**
   * @param lingerMillis how long records may wait for company: 0 for latency, more for throughput
   */
  public AvroTopicWriter(KafkaConnection kafka, int lingerMillis) {
    this.kafka = kafka;
    TrustedSchemas.register();
    Properties properties = kafka.properties();
    properties.put("acks", "all");
    properties.put("linger.ms", lingerMillis);
    properties.put("batch.size", 256 << 10);
    properties.put("max.request.size", MAX_REQUEST_BYTES);
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * The record time of an event: Kafka takes none before 1970; the event's own time stays as is.
   */
  public static long recordTime(Instant time) {
    return Math.max(0, time.toEpochMilli());
  }

  /** Learns where a topic is, which else the first record to it would have to wait for. */
  void connect(String topic) {
    try {
      producer.partitionsFor(topic);
    } catch (KafkaException e) {
      throw kafka.failure("Cannot write the topic '" + topic + "'", e);
    }
  }

  /** Encodes and sends a record. */
  public <A extends SpecificRecordBase> void send(String topic, String key, long time, A record) {
    bytes.reset();
    encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
    write(record, encoder);
    send(topic, key, time, bytes.toByteArray());
  }

  /** The bytes that a record is sent as. */
  static <A extends SpecificRecordBase> ByteBuffer encode(A record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(record, EncoderFactory.get().directBinaryEncoder(bytes, null));
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static <A extends SpecificRecordBase> void write(A record, BinaryEncoder encoder) {
    try {
      new SpecificDatumWriter<A>(record.getSchema()).write(record, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
  }

  /** Sends a record that is encoded already; a negative time stands for now. */
  public void send(String topic, String key, long time, byte[] value) {
    rethrow();
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    Long recordTime = time < 0 ? null : time;
    producer.send(
        new ProducerRecord<>(topic, null, recordTime, keyBytes, value),
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  /** Waits until all that was sent has arrived. */
  public void flush() {
    producer.flush();
    rethrow();
  }

  private void rethrow() {
    Exception e = failure.get();
    if (e != null) {
      throw kafka.failure("A record could not be sent", e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
