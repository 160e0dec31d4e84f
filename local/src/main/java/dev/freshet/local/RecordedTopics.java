package dev.freshet.local;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.jobs.event.Action;
import dev.freshet.jobs.event.ItemEvent;
import dev.freshet.jobs.kafka.Decoded;
import dev.freshet.jobs.kafka.EventRules;
import dev.freshet.jobs.kafka.ItemUpdateDeserializer;
import dev.freshet.jobs.kafka.UserActionDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is in the job's input topics, decoded and judged by the job's own deserializers. Not
 * thread-safe.
 */
public final class RecordedTopics implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  /** Takes the records, those of one partition in their order. */
  public interface Handler {
    void action(Action action);

    void itemUpdate(ItemEvent update);

    /** A record that the job makes a dead letter of. */
    void refused();
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final String itemUpdates;
  private final UserActionDeserializer actionDeserializer;
  private final ItemUpdateDeserializer itemDeserializer;

  /** Positions the reader at the beginning of the topics, which exist. */
  public RecordedTopics(FreshetConfig config, FeatureCatalog catalog) {
    EventRules rules = EventRules.of(config.events());
    actionDeserializer =
        new UserActionDeserializer(rules, config.time().source(), catalog.contextEntries());
    actionDeserializer.open(null);
    itemDeserializer = new ItemUpdateDeserializer(rules, config.time().source());
    itemDeserializer.open(null);
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
   * @param progress told how many records have been read
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
    if (record.topic().equals(itemUpdates)) {
      itemDeserializer.deserialize(record, new Split<>(handler::itemUpdate, handler::refused));
    } else {
      actionDeserializer.deserialize(record, new Split<>(handler::action, handler::refused));
    }
  }

  /** Tells good records from dead letters. */
  private record Split<T>(Consumer<T> good, Runnable refused) implements Collector<Decoded<T>> {
    @Override
    public void collect(Decoded<T> decoded) {
      if (decoded.deadLetter == null) {
        good.accept(decoded.value);
      } else {
        refused.run();
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() {
    consumer.close();
  }
}
