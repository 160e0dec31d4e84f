package dev.freshet.client.feature;

import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.protocol.event.AvroDecoder;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ItemUpdateDecoder;
import dev.freshet.protocol.event.RejectedRecordException;
import dev.freshet.protocol.event.UserActionDecoder;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.UserAction;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is in the job's input topics, decoded and checked by the job's own decoders. Not
 * thread-safe.
 */
public final class RecordedTopics implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  /** Takes the records, those of one partition in their order. */
  public interface Handler {
    void action(FeatureEvent action);

    void itemUpdate(ItemEvent update);

    /** A record that the job makes a dead letter of. */
    void refused();
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final String itemUpdates;
  private final AvroDecoder<UserAction> actionAvro = new AvroDecoder<>(UserAction.class);
  private final AvroDecoder<ItemUpdate> itemAvro = new AvroDecoder<>(ItemUpdate.class);
  private final Clock clock = Clock.systemUTC();
  private final UserActionDecoder actionDecoder;
  private final ItemUpdateDecoder itemDecoder;

  /** Positions the reader at the beginning of the topics, which exist. */
  public RecordedTopics(FreshetConfig config, FeatureCatalog catalog) {
    EventRules rules = EventRules.of(config.events());
    actionDecoder = new UserActionDecoder(rules, config.time().source(), catalog.contextEntries());
    itemDecoder = new ItemUpdateDecoder(rules, config.time().source());
    itemUpdates = config.topics().itemUpdates();
    Properties properties = config.kafka().clientProperties();
    properties.setProperty("fetch.max.wait.ms", "50");
    properties.setProperty("enable.auto.commit", "false");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    for (String topic : List.of(config.topics().userActions(), itemUpdates)) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Records that retention has deleted already: the record of the topics is not whole. */
  public long deleted() {
    return sum(consumer.beginningOffsets(partitions));
  }

  /** Records between the reader's position and where the topics end now. */
  public long remaining() {
    long position = partitions.stream().mapToLong(consumer::position).sum();
    return sum(consumer.endOffsets(partitions)) - position;
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Hands on what comes within about a tenth of a second. */
  public void poll(Handler handler) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      hand(record, handler);
    }
  }

  /**
   * Hands on everything up to where the topics end at the time of the call, and no record further:
   * a later call goes on from there.
   *
   * @param progress receives the number of records read so far
   */
  public void readToEnd(Handler handler, LongConsumer progress) {
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
    Map<TopicPartition, Long> open = new HashMap<>(ends);
    long read = 0;
    while (true) {
      open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (open.isEmpty()) {
        break;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.get(partition)) {
          hand(record, handler);
          read++;
        }
      }
      progress.accept(read);
    }
    // A poll may have gone past the end of one partition while another was behind.
    ends.forEach(
        (partition, end) -> {
          if (consumer.position(partition) > end) {
            consumer.seek(partition, end);
          }
        });
  }

  private void hand(ConsumerRecord<byte[], byte[]> record, Handler handler) {
    try {
      if (record.topic().equals(itemUpdates)) {
        handler.itemUpdate(
            itemDecoder.decode(itemAvro.decode(record.value()), record.timestamp(), clock));
      } else {
        handler.action(
            actionDecoder.decode(actionAvro.decode(record.value()), record.timestamp(), clock));
      }
    } catch (RejectedRecordException rejection) {
      handler.refused();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
