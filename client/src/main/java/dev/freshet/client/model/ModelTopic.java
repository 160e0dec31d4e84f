package dev.freshet.client.model;

import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.client.model.TopicContents.StoredPlan;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrustedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Reads and writes the topic {@code models}. It is small and compacted, so it is read from its
 * beginning each time. Holds no connection.
 */
public final class ModelTopic {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final String TIMEOUT_MILLIS = "15000";

  private final FreshetConfig config;
  private final String servers;
  private final String topic;

  public ModelTopic(FreshetConfig config) {
    this.config = config;
    this.servers = config.kafka().bootstrapServers();
    this.topic = config.topics().models();
    TrustedSchemas.register();
  }

  /** Where it is, for messages: topic and servers. */
  public String place() {
    return topic + " on " + servers;
  }

  /**
   * Reads the topic up to where it ends now.
   *
   * @throws ModelControlException if Kafka doesn't answer or has no such topic
   */
  public TopicContents read() {
    Contents contents = new Contents();
    read(contents::take);
    return new TopicContents(contents.models, contents.plans, contents.unusable);
  }

  /**
   * Reads the file of a model.
   *
   * @return empty if it is not there
   * @throws ModelControlException if Kafka doesn't answer or has no such topic
   */
  public Optional<byte[]> onnx(String model, String version) {
    String key = ModelKeys.release(model, version);
    byte[][] found = new byte[1][];
    read(
        record -> {
          if (record.key() != null
              && key.equals(new String(record.key(), StandardCharsets.UTF_8))) {
            found[0] = record.value();
          }
        });
    if (found[0] == null) {
      return Optional.empty();
    }
    try {
      ModelRecord record =
          TrustedSchemas.reader(ModelRecord.class)
              .read(null, DecoderFactory.get().binaryDecoder(found[0], null));
      ByteBuffer onnx = ((ModelRelease) record.getContent()).getOnnx();
      byte[] bytes = new byte[onnx.remaining()];
      onnx.get(bytes);
      return Optional.of(bytes);
    } catch (IOException | RuntimeException e) {
      throw new ModelControlException(
          "The record %s of the topic %s can't be read: %s".formatted(key, topic, e));
    }
  }

  private void read(Consumer<ConsumerRecord<byte[], byte[]>> handler) {
    Properties properties = properties();
    properties.setProperty("auto.offset.reset", "earliest");
    properties.setProperty("isolation.level", "read_committed");
    properties.setProperty("enable.auto.commit", "false");
    properties.setProperty("allow.auto.create.topics", "false");
    properties.setProperty("fetch.max.wait.ms", "50");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = onlyPartition(consumer);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          handler.accept(record);
        }
      }
    } catch (KafkaException e) {
      throw failed("read", e);
    }
  }

  private TopicPartition onlyPartition(KafkaConsumer<byte[], byte[]> consumer) {
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    if (partitions == null || partitions.isEmpty()) {
      throw new ModelControlException(
          "There is no topic '%s' on %s. Create it with './freshet topics create --kafka %s'."
              .formatted(topic, servers, servers));
    }
    if (partitions.size() > 1) {
      throw new ModelControlException(
          "The topic '%s' on %s has %d partitions, and the order of models and plans holds only within one. Create another and name it in topics.models."
              .formatted(topic, servers, partitions.size()));
    }
    return new TopicPartition(topic, partitions.get(0).partition());
  }

  /**
   * Writes a record under its key and waits until it is there.
   *
   * @return its offset
   * @throws ModelControlException if Kafka doesn't take it
   */
  public long write(ModelRecord record) {
    byte[] value = encode(record);
    if (value.length > ModelRules.MAX_RECORD_BYTES) {
      throw new ModelControlException(
          "The record has %,d bytes; a model on the topic has at most %,d."
              .formatted(value.length, ModelRules.MAX_RECORD_BYTES));
    }
    return send(ModelKeys.of(record), value);
  }

  /** Deletes what is under a key. */
  public void delete(String key) {
    send(key, null);
  }

  private long send(String key, byte[] value) {
    Properties properties = properties();
    properties.setProperty("acks", "all");
    properties.setProperty("delivery.timeout.ms", TIMEOUT_MILLIS);
    properties.setProperty("linger.ms", "0");
    properties.setProperty("max.block.ms", TIMEOUT_MILLIS);
    properties.setProperty(
        "max.request.size", String.valueOf(ModelRules.MAX_RECORD_BYTES + (1 << 20)));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      return producer
          .send(new ProducerRecord<>(topic, 0, null, key.getBytes(StandardCharsets.UTF_8), value))
          .get()
          .offset();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RecordTooLargeException) {
        throw new ModelControlException(
            "The topic '%s' on %s takes no record of %,d bytes. Raise its max.message.bytes, to %d at best (kafka-configs.sh)."
                .formatted(topic, servers, value.length, ModelRules.MAX_RECORD_BYTES),
            e.getCause());
      }
      throw failed("write", e.getCause());
    } catch (KafkaException e) {
      throw failed("write", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("write", e);
    }
  }

  private Properties properties() {
    Properties properties = config.kafka().clientProperties();
    properties.setProperty("request.timeout.ms", "10000");
    properties.setProperty("default.api.timeout.ms", TIMEOUT_MILLIS);
    return properties;
  }

  private ModelControlException failed(String what, Throwable cause) {
    return new ModelControlException(
        KafkaConnection.of(config)
            .failure("Cannot %s the topic '%s'".formatted(what, topic), cause)
            .getMessage(),
        cause);
  }

  private static byte[] encode(ModelRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<>(ModelRecord.class).write(record, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** Takes the records in their order. */
  private static final class Contents {

    private final SpecificDatumReader<ModelRecord> reader =
        TrustedSchemas.reader(ModelRecord.class);
    private BinaryDecoder decoder;
    final Map<String, Map<String, Published>> models = new HashMap<>();
    final Map<String, StoredPlan> plans = new HashMap<>();
    final List<String> unusable = new ArrayList<>();

    void take(ConsumerRecord<byte[], byte[]> record) {
      String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
      if (record.value() == null) {
        delete(key);
        return;
      }
      try {
        decoder = DecoderFactory.get().binaryDecoder(record.value(), decoder);
        ModelRecord content = reader.read(null, decoder);
        if (!ModelKeys.of(content).equals(key)) {
          unusable(record, "the key is '" + key + "', not " + ModelKeys.of(content));
        } else if (content.getContent() instanceof ModelRelease release) {
          add(release);
        } else {
          add((ModelPlan) content.getContent(), record.offset());
        }
      } catch (IOException | RuntimeException garbage) { // whatever random bytes make Avro throw
        unusable(record, "not Avro of a model (" + garbage + ")");
      } catch (ModelRefusedException e) {
        unusable(record, e.getMessage());
      }
    }

    private void add(ModelRelease release) {
      int bytes = release.getOnnx().remaining();
      release.setOnnx(ByteBuffer.allocate(0)); // the files together may be large
      models
          .computeIfAbsent(release.getName(), name -> new HashMap<>())
          .put(release.getVersion(), new Published(release, bytes));
    }

    private void add(ModelPlan plan, long offset) throws ModelRefusedException {
      ModelRules.check(plan);
      StoredPlan before = plans.get(plan.getName());
      List<Long> offsets = before == null ? new ArrayList<>() : before.offsets();
      offsets.add(offset);
      plans.put(plan.getName(), new StoredPlan(plan, offset, offsets));
    }

    private void delete(String key) {
      plans.keySet().removeIf(name -> ModelKeys.plan(name).equals(key));
      models.forEach(
          (name, versions) ->
              versions.keySet().removeIf(version -> ModelKeys.release(name, version).equals(key)));
      models.values().removeIf(Map::isEmpty);
    }

    private void unusable(ConsumerRecord<byte[], byte[]> record, String why) {
      unusable.add("offset " + record.offset() + ": " + why);
    }
  }
}
