package dev.freshet.jobs.kafka;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.AvroDecoder;
import dev.freshet.protocol.event.RejectedRecordException;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes the topic {@code models}. A record without a value deletes its key and is skipped. A
 * running job keeps what it read before; a job that starts anew does not read the deleted record.
 */
public final class ModelRecordDeserializer
    implements KafkaRecordDeserializationSchema<Decoded<ReceivedModel>> {

  private static final long serialVersionUID = 1;

  /** Bytes of a dead letter besides the record: its origin, and an error. */
  private static final int LETTER_OVERHEAD = 16 << 10;

  private final String deadLetters;
  private final int maxLetterBytes;
  private transient AvroDecoder<ModelRecord> decoder;

  /**
   * @param deadLetters name of the topic of dead letters
   * @param maxLetterBytes the largest record that the topic accepts; the dead letter of a larger
   *     one has no value
   */
  public ModelRecordDeserializer(String deadLetters, int maxLetterBytes) {
    this.deadLetters = deadLetters;
    this.maxLetterBytes = maxLetterBytes;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new AvroDecoder<>(ModelRecord.class);
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> record, Collector<Decoded<ReceivedModel>> out) {
    if (record.value() != null) {
      out.collect(decode(record));
    }
  }

  private Decoded<ReceivedModel> decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      ReceivedModel received = new ReceivedModel();
      received.time = record.timestamp();
      received.offset = record.offset();
      received.key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
      received.record = decoder.decode(record.value());
      received.letter = letter(record, "", "");
      return Decoded.good(received);
    } catch (RejectedRecordException rejection) {
      return Decoded.bad(letter(record, rejection.reason().name(), rejection.getMessage()));
    }
  }

  private DeadLetter letter(ConsumerRecord<byte[], byte[]> record, String reason, String error) {
    DeadLetter letter = DeadLetters.of(record, reason, error);
    long bytes =
        record.value().length + (record.key() == null ? 0L : record.key().length) + LETTER_OVERHEAD;
    if (bytes > maxLetterBytes) {
      letter.setValue(null);
      letter.setError(
          "%s The value of %,d bytes is left out, as the topic %s takes no more than %,d; it is in %s, partition %d, offset %d."
              .formatted(
                  error,
                  record.value().length,
                  deadLetters,
                  maxLetterBytes,
                  record.topic(),
                  record.partition(),
                  record.offset()));
    }
    return letter;
  }

  @Override
  public TypeInformation<Decoded<ReceivedModel>> getProducedType() {
    return Decoded.typeOf(ReceivedModel.class);
  }
}
