package dev.freshet.bench;

import dev.freshet.schema.Recommendation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads which actions are answered. Of a recommendation it decodes no more than the action's id:
 * the generator is to take little from the machine that it measures. Not thread safe.
 */
final class AnswerReader implements AutoCloseable {

  /** Takes the id of an answered action, and when it was read. */
  interface Handler {
    void answered(String eventId, long nanos);
  }

  static {
    if (Recommendation.getClassSchema().getField("recommendation_id").pos() != 0
        || Recommendation.getClassSchema().getField("event_id").pos() != 1) {
      throw new IllegalStateException("Recommendations no longer begin with their ids");
    }
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private BinaryDecoder decoder;

  /** Reads what comes to the topic from now on. */
  AnswerReader(String bootstrapServers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "auto.offset.reset",
                "earliest",
                // It may have nothing to do for long, and then is to be there at once.
                "connections.max.idle.ms",
                -1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Hands on what is there, or waits for it. */
  void poll(Duration timeout, Handler handler) throws IOException {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
    long now = System.nanoTime();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      decoder = DecoderFactory.get().binaryDecoder(record.value(), decoder);
      decoder.skipString();
      handler.answered(decoder.readString(), now);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
