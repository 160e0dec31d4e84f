package dev.freshet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaITCase {
  private static final long YEAR = Duration.ofDays(365).toMillis();

  @TempDir private Path parent;

  @Test
  void recordsOfAnyTimestampComeBackAsTheyWereWritten() throws Exception {
    long now = System.currentTimeMillis();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(parent)) {
      kafka.createTopic("user-actions", 1, Map.of());
      produce(kafka, "user-actions", now, "now");
      produce(kafka, "user-actions", 0, "the epoch");
      produce(kafka, "user-actions", now - 30 * YEAR, "thirty years ago");
      produce(kafka, "user-actions", now + 30 * YEAR, "in thirty years");

      assertThat(consume(kafka, "user-actions", 4))
          .extracting(
              ConsumerRecord::timestamp,
              r -> new String(r.value(), StandardCharsets.UTF_8),
              ConsumerRecord::offset)
          .containsExactly(
              tuple(now, "now", 0L),
              tuple(0L, "the epoch", 1L),
              tuple(now - 30 * YEAR, "thirty years ago", 2L),
              tuple(now + 30 * YEAR, "in thirty years", 3L));
      // One segment: timestamps years apart neither roll a new file each nor expire.
      try (Stream<Path> files = Files.walk(parent)) {
        assertThat(files.filter(f -> f.toString().matches(".*user-actions-0/.*\\.log"))).hasSize(1);
      }
      assertThat(topicSetting(kafka, "user-actions", "retention.ms")).isEqualTo("-1");
    }
  }

  @Test
  void aRecordOfTwoMegabytesPasses() throws Exception {
    byte[] value = new byte[2 * 1024 * 1024];
    new Random(7).nextBytes(value);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(parent)) {
      kafka.createTopic("user-actions", 1, Map.of());
      produce(kafka, "user-actions", 1, value);
      assertThat(consume(kafka, "user-actions", 1).get(0).value()).isEqualTo(value);
    }
  }

  @Test
  void twoRunSideBySideAndOneAfterThem() throws Exception {
    try (EmbeddedKafka first = EmbeddedKafka.start(parent);
        EmbeddedKafka second = EmbeddedKafka.start(parent)) {
      assertThat(first.bootstrapServers()).isNotEqualTo(second.bootstrapServers());
      first.createTopic("items", 2, Map.of("cleanup.policy", "compact"));
      second.createTopic("items", 1, Map.of());
      produce(first, "items", 1, "of the first");
      produce(second, "items", 1, "of the second");
      assertThat(consume(first, "items", 1).get(0).value()).asString().isEqualTo("of the first");
      assertThat(consume(second, "items", 1).get(0).value()).asString().isEqualTo("of the second");
      assertThat(topicSetting(first, "items", "cleanup.policy")).isEqualTo("compact");
    }
    try (EmbeddedKafka third = EmbeddedKafka.start(parent)) {
      third.createTopic("items", 1, Map.of());
      produce(third, "items", 1, "of the third");
      assertThat(consume(third, "items", 1)).hasSize(1);
    }
  }

  @Test
  void closingLeavesNothingBehindAndIsQuick() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start(parent);
    kafka.createTopic("user-actions", 4, Map.of());
    produce(kafka, "user-actions", 1, "x");
    consume(kafka, "user-actions", 1);

    long start = System.nanoTime();
    kafka.close();
    kafka.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !thread.isDaemon())
        .extracting(Thread::getName)
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("kafka"));
  }

  @Test
  void aTopicIsNeitherCreatedTwiceNorByAccident() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(parent)) {
      kafka.createTopic("items", 1, Map.of());
      assertThatThrownBy(() -> kafka.createTopic("items", 1, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("items exists");
      assertThatThrownBy(() -> kafka.createTopic("others", 1, Map.of("no.such.setting", "1")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("others");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        assertThatThrownBy(() -> admin.describeTopics(List.of("unheard-of")).allTopicNames().get())
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("UnknownTopicOrPartition");
      }
    }
  }

  @Test
  void aFolderThatCannotBeUsedIsAnError() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "in the way");
    assertThatThrownBy(() -> EmbeddedKafka.start(file)).isInstanceOf(IOException.class);
  }

  private static void produce(EmbeddedKafka kafka, String topic, long timestamp, String value)
      throws Exception {
    produce(kafka, topic, timestamp, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void produce(EmbeddedKafka kafka, String topic, long timestamp, byte[] value)
      throws Exception {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "max.request.size",
            EmbeddedKafka.MAX_MESSAGE_BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] key = {1};
      producer
          .send(new ProducerRecord<>(topic, 0, timestamp, key, value))
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> consume(
      EmbeddedKafka kafka, String topic, int count) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", kafka.bootstrapServers(),
            "group.id", "reader",
            "auto.offset.reset", "earliest");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (records.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private static String topicSetting(EmbeddedKafka kafka, String topic, String setting)
      throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin
          .describeConfigs(List.of(resource))
          .all()
          .get(30, TimeUnit.SECONDS)
          .get(resource)
          .get(setting)
          .value();
    }
  }
}
