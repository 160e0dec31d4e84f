package dev.freshet.jobs.kafka;

import dev.freshet.schema.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes dead letters of Kafka's records. */
final class DeadLetters {

  private DeadLetters() {}

  /** A record as it was, with where it came from and why it can't be used. */
  static DeadLetter of(ConsumerRecord<byte[], byte[]> record, String reason, String error) {
    return new DeadLetter(
        reason,
        error,
        record.topic(),
        record.partition(),
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        record.key() == null ? null : ByteBuffer.wrap(record.key()),
        record.value() == null ? null : ByteBuffer.wrap(record.value()));
  }
}
