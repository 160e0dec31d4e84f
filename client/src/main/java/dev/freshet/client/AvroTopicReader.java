package dev.freshet.client;

import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.KafkaConnectionException;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic of plain Avro records, without a consumer group. Not thread safe.
 *
 * @param <A> Avro class of the topic
 */
public final class AvroTopicReader<A extends SpecificRecordBase> implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final SpecificDatumReader<A> reader;
  private BinaryDecoder decoder;

  /**
   * Positions the reader at the beginning of the topic.
   *
   * @throws KafkaConnectionException if Kafka does not answer or refuses
   * @throws IllegalArgumentException if Kafka has no such topic
   */
  public AvroTopicReader(KafkaConnection kafka, String topic, Class<A> type) {
    Properties properties = kafka.impatientProperties();
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.put("fetch.max.wait.ms", "50");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    reader = TrustedSchemas.reader(type);
    partitions = partitions(kafka, topic);
    if (partitions.isEmpty()) {
      consumer.close();
      throw new IllegalArgumentException(
          "There is no topic '" + topic + "' on " + kafka.servers() + ".");
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private List<TopicPartition> partitions(KafkaConnection kafka, String topic) {
    try {
      return consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition()))
          .toList();
    } catch (KafkaException e) {
      consumer.close();
      throw kafka.failure("Cannot read the topic '" + topic + "'", e);
    }
  }

  /** Skips what is there: only records that come from now on will be read. */
  public void seekToEnd() {
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Hands on what comes within about a tenth of a second; returns how many records that was. */
  public int poll(Consumer<A> handler) throws IOException {
    int count = 0;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      handler.accept(decode(record));
      count++;
    }
    return count;
  }

  /** Hands on everything up to where the topic ends at the time of the call. */
  public void readToEnd(Consumer<A> handler) throws IOException {
    Map<TopicPartition, Long> open = new HashMap<>(consumer.endOffsets(partitions));
    while (true) {
      open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (open.isEmpty()) {
        return;
      }
      poll(handler);
    }
  }

  /** How many records the topic has, those before the reader's position included. */
  public long size() {
    return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
  }

  private A decode(ConsumerRecord<byte[], byte[]> record) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(record.value(), decoder);
    try {
      return reader.read(null, decoder);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "%s, partition %d, offset %d: not an Avro %s. Was it written by another version?"
              .formatted(
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  reader.getExpected().getFullName()),
          e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
