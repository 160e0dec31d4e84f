package dev.freshet.jobs.kafka;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as they come from Kafka, and what becomes of them. */
final class Records {

  static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  static final EventRules RULES = new EventRules(EARLIEST.toEpochMilli(), 60_000, 16);
  static final Instant TIME = Instant.parse("2020-02-03T04:05:06.789Z");
  static final long RECORD_TIME = Instant.parse("2020-02-03T04:05:07Z").toEpochMilli();
  static final byte[] KEY = "the key".getBytes(StandardCharsets.UTF_8);

  private Records() {}

  static UserAction.Builder action() {
    TrustedSchemas.register();
    return UserAction.newBuilder()
        .setEventId("e1")
        .setUser("u1")
        .setItem("i1")
        .setAction("view")
        .setEventTime(TIME)
        .setSession("s1")
        .setValue(2.5)
        .setContext(Map.of("page", "home"));
  }

  static ItemUpdate.Builder update() {
    TrustedSchemas.register();
    return ItemUpdate.newBuilder()
        .setEventId("c1")
        .setItem("i1")
        .setEventTime(TIME)
        .setDeleted(true)
        .setAttributes(Map.of("genre", List.of("drama", "comedy"), "year", List.of("1999")));
  }

  static RecommendationRequest.Builder request() {
    TrustedSchemas.register();
    return RecommendationRequest.newBuilder()
        .setRequestId("r1")
        .setUser("u1")
        .setPlacement("home")
        .setEventTime(TIME)
        .setCandidates(List.of("i2", "i1"))
        .setContext(Map.of("query", "tents", "item", "i3"));
  }

  static <A extends SpecificRecordBase> byte[] bytes(A record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<A>(record.getSchema()).write(record, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static ConsumerRecord<byte[], byte[]> record(byte[] value) {
    return record(value, RECORD_TIME);
  }

  static ConsumerRecord<byte[], byte[]> record(byte[] value, long recordTime) {
    return new ConsumerRecord<>(
        "some-topic",
        3,
        17L,
        recordTime,
        TimestampType.CREATE_TIME,
        KEY.length,
        value == null ? -1 : value.length,
        KEY,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  /** Decodes one record, which gives exactly one result. */
  static <T> Decoded<T> decode(
      EventDeserializer<?, T> deserializer, ConsumerRecord<byte[], byte[]> record) {
    List<Decoded<T>> results = new ArrayList<>();
    deserializer.deserialize(
        record,
        new Collector<>() {
          @Override
          public void collect(Decoded<T> result) {
            results.add(result);
          }

          @Override
          public void close() {}
        });
    if (results.size() != 1) {
      throw new AssertionError(results.size() + " results of one record");
    }
    return results.get(0);
  }

  static byte[] array(ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] array = new byte[buffer.remaining()];
    buffer.duplicate().get(array);
    return array;
  }

  /** Whether the dead letter says where the record came from and has it unchanged. */
  static boolean isOf(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
    return letter.getTopic().equals(record.topic())
        && letter.getPartition() == record.partition()
        && letter.getOffset() == record.offset()
        && letter.getRecordTime().toEpochMilli() == record.timestamp()
        && Arrays.equals(array(letter.getKey()), record.key())
        && Arrays.equals(array(letter.getValue()), record.value());
  }
}
