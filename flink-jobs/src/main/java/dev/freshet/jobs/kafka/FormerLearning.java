package dev.freshet.jobs.kafka;

import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.learn.LearningStart;
import dev.freshet.jobs.learn.PlanFilter;
import dev.freshet.protocol.event.AvroDecoder;
import dev.freshet.protocol.event.RejectedRecordException;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrainingRound;
import dev.freshet.yaml.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What former runs of learning, and others, have left on the topics that it both reads and writes.
 *
 * @param start the last round and the newest plan
 * @param roundsEnd where the topic of rounds ended when it was read, by partition
 */
public record FormerLearning(LearningStart start, Map<TopicPartition, Long> roundsEnd) {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /**
   * Reads the topics to their ends.
   *
   * @throws ConfigurationException if Kafka does not answer
   */
  public static FormerLearning read(FreshetConfig config) {
    String model = config.learning().model();
    Newest<TrainingRound> round = new Newest<>();
    AvroDecoder<TrainingRound> rounds = new AvroDecoder<>(TrainingRound.class);
    Map<TopicPartition, Long> ends =
        read(
            config,
            "topics.training-rounds",
            config.topics().trainingRounds(),
            record ->
                decoded(rounds, record)
                    .filter(each -> each.getModel().equals(model) && round.isNewer(each.getRound()))
                    .ifPresent(each -> round.take(each.getRound(), each)));
    Newest<ReceivedModel> plan = new Newest<>();
    AvroDecoder<ModelRecord> models = new AvroDecoder<>(ModelRecord.class);
    PlanFilter filter = new PlanFilter(model);
    read(
        config,
        "topics.models",
        config.topics().models(),
        record ->
            decoded(models, record)
                .map(each -> received(record, each))
                .filter(filter::filter)
                .ifPresent(each -> plan.take(each.offset, each)));
    return new FormerLearning(
        new LearningStart(Optional.ofNullable(round.value), Optional.ofNullable(plan.value)), ends);
  }

  /** What has the greatest number so far. */
  private static final class Newest<T> {
    private long number = -1;
    private T value;

    boolean isNewer(long other) {
      return other >= number;
    }

    void take(long newNumber, T newValue) {
      number = newNumber;
      value = newValue;
    }
  }

  private static <A extends SpecificRecordBase> Optional<A> decoded(
      AvroDecoder<A> decoder, ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(decoder.decode(record.value()));
    } catch (RejectedRecordException e) {
      return Optional.empty(); // a deleted key, or something that the job itself will report
    }
  }

  private static ReceivedModel received(ConsumerRecord<byte[], byte[]> record, ModelRecord model) {
    ReceivedModel received = new ReceivedModel();
    received.time = record.timestamp();
    received.offset = record.offset();
    received.key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    received.record = model;
    return received;
  }

  /** Reads a topic as it is now, and returns where each partition ends. */
  private static Map<TopicPartition, Long> read(
      FreshetConfig config,
      String key,
      String topic,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Properties properties = KafkaProperties.consumer(config);
    properties.remove("client.id.prefix"); // Flink's own
    properties.setProperty("enable.auto.commit", "false");
    properties.setProperty("default.api.timeout.ms", String.valueOf(TIMEOUT.toMillis()));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long left = left(consumer, ends);
      while (left > 0) {
        consumer.poll(TIMEOUT).forEach(reader);
        long before = left;
        left = left(consumer, ends);
        if (left == before) {
          throw new TimeoutException("nothing came in " + TIMEOUT.toSeconds() + " s");
        }
      }
      return Map.copyOf(ends);
    } catch (KafkaException e) {
      throw new ConfigurationException(
          List.of(
              "%s: %s: the topic '%s' on %s can't be read (%s). Is the broker up, and may this user read it?"
                  .formatted(
                      config.origin(key), key, topic, config.kafka().bootstrapServers(), e)));
    }
  }

  private static long left(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    long left = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      left += Math.max(0, end.getValue() - consumer.position(end.getKey()));
    }
    return left;
  }
}
