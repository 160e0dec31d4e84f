package dev.freshet.jobs.learn;

import static dev.freshet.jobs.learn.TasteExamples.ROUND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.jobs.TrainingJob;
import dev.freshet.jobs.learn.TasteExamples.Served;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The learning job with a real Kafka, through which its rounds come back to it: the same examples
 * give the same rounds and models, byte for byte, at another parallelism and when it is killed in
 * the middle and goes on from a snapshot.
 */
class TrainingJobITCase {

  private static final int MOST_SUBTASKS = 4;
  private static final int PARTITIONS = 2;
  private static final int LAST_ROUND = 12;
  private static final int EACH = 120;
  private static final long BASE = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(MOST_SUBTASKS)
              .build());

  @TempDir private static Path folder;

  private static EmbeddedKafka kafka;
  private static KafkaProducer<byte[], byte[]> producer;
  private static List<String> features;
  private static List<TrainingExample> examples;

  @BeforeAll
  static void startKafka() throws Exception {
    TrustedSchemas.register();
    kafka = EmbeddedKafka.start(folder);
    kafka.createTopic("dead-letters", 1, Map.of());
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    features = RankingFeatures.names(StoreFeatures.of(BundledCatalog.of(FreshetConfig.defaults())));
    examples = new ArrayList<>();
    for (TrainingExample example : TasteExamples.ofRounds(1, LAST_ROUND, EACH, Served.AT_RANDOM)) {
      examples.add(widened(example));
    }
  }

  @AfterAll
  static void stopKafka() {
    producer.close();
    kafka.close();
  }

  /** With all features that ranking has, of which most say nothing, and of a believable time. */
  private static TrainingExample widened(TrainingExample example) {
    int known = TasteExamples.FEATURES.size();
    int count = example.getCandidates().size();
    ByteBuffer narrow = example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer wide =
        ByteBuffer.allocate(count * features.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < count; row++) {
      for (int feature = 0; feature < features.size(); feature++) {
        wide.putFloat(feature < known ? narrow.getFloat() : 0);
      }
    }
    return TrainingExample.newBuilder(example)
        .setFeatureNames(features)
        .setFeatures(wide.flip())
        .setLabelTime(example.getLabelTime().plusMillis(BASE))
        .build();
  }

  @Test
  void theSameExamplesGiveTheSameModels(@InjectMiniCluster MiniCluster cluster) throws Exception {
    Run undisturbed = new Run("undisturbed");
    undisturbed.write(0, 1);
    undisturbed.end();
    JobClient job = undisturbed.start(1, null);
    undisturbed.awaitRound(LAST_ROUND);
    kill(job);

    Run killed = new Run("killed");
    killed.write(0, 0.55);
    JobClient first = killed.start(2, null);
    killed.awaitRound(5);
    CommonTestUtils.waitForAllTaskRunning(cluster, first.getJobID(), false);
    String snapshot =
        first
            .triggerSavepoint(
                folder.resolve("snapshots").toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    killed.write(0.55, 0.8);
    killed.awaitRound(8);
    kill(first);
    killed.write(0.8, 1);
    killed.end();
    JobClient second = killed.start(MOST_SUBTASKS, snapshot);
    killed.awaitRound(LAST_ROUND);
    kill(second);

    Map<String, byte[]> rounds = killed.lastOfEach(killed.rounds());
    assertThat(killed.rounds()).hasSizeGreaterThan(rounds.size());
    assertEqual(rounds, undisturbed.lastOfEach(undisturbed.rounds()));
    assertThat(rounds).hasSize(LAST_ROUND + 1);

    Map<String, byte[]> models = killed.lastOfEach(killed.models());
    assertEqual(models, undisturbed.lastOfEach(undisturbed.models()));
    assertThat(models).hasSizeGreaterThan(3);
    check(models);
    assertThat(read("dead-letters")).isEmpty();
  }

  @Test
  void goesOnAfterTheLastRoundWithoutASnapshot() throws Exception {
    Run run = new Run("anew");
    run.write(0, 0.55);
    JobClient first = run.start(2, null);
    run.awaitRound(6);
    kill(first);
    run.write(0.55, 1);
    run.end();
    int before = run.rounds().size();
    kill(run.startAndAwait(2, LAST_ROUND));

    // No round is learned anew: but for the last one, from which it goes on, each is told once.
    Map<String, byte[]> rounds = run.lastOfEach(run.rounds());
    assertThat(rounds).hasSize(LAST_ROUND + 1);
    assertThat(run.rounds()).hasSize(before + 1 + LAST_ROUND - 6);
    check(run.lastOfEach(run.models()));
  }

  private static void check(Map<String, byte[]> models) throws Exception {
    ModelRules rules = new ModelRules(features);
    int releases = 0;
    ModelPlan plan = null;
    for (Map.Entry<String, byte[]> model : models.entrySet()) {
      ModelRecord record =
          TrustedSchemas.reader(ModelRecord.class)
              .read(null, DecoderFactory.get().binaryDecoder(model.getValue(), null));
      rules.check(model.getKey(), record);
      if (record.getContent() instanceof ModelRelease) {
        releases++;
      } else {
        plan = (ModelPlan) record.getContent();
      }
    }
    assertThat(plan.getSteps()).hasSize(releases);
  }

  private static void assertEqual(Map<String, byte[]> actual, Map<String, byte[]> expected) {
    assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    actual.forEach((key, value) -> assertThat(value).as(key).isEqualTo(expected.get(key)));
  }

  private static void kill(JobClient job) throws Exception {
    job.cancel().get();
    await(() -> job.getJobStatus().join().isGloballyTerminalState(), "the job to end");
  }

  private static void await(BooleanSupplier condition, String what) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("waited %s for %s", PATIENCE, what).isBefore(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
    properties.setProperty("enable.auto.commit", "false");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }

  /** A job, or several that go on from each other, and their topics. */
  private static final class Run {

    private final String name;
    private final FreshetConfig config;

    Run(String name) {
      this.name = name;
      kafka.createTopic("examples-" + name, PARTITIONS, Map.of());
      kafka.createTopic("rounds-" + name, 1, Map.of());
      kafka.createTopic("models-" + name, 1, Map.of());
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
      settings.put("topics.training-examples", "examples-" + name);
      settings.put("topics.training-rounds", "rounds-" + name);
      settings.put("topics.models", "models-" + name);
      settings.put("time.mode", "replay");
      settings.put("checkpoints.enabled", "false");
      settings.put("learning.every", ROUND + "ms");
      settings.put("learning.hidden", "4");
      settings.put("learning.learning-rate", "0.05");
      settings.put("learning.held-out", "0.5");
      settings.put("learning.max-delay", "0ms");
      settings.put("learning.lead", "0ms");
      config = FreshetConfig.of(settings);
    }

    /** Writes a part of the examples, each user's to the same partition. */
    void write(double from, double to) throws Exception {
      int size = examples.size();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (TrainingExample example : examples.subList((int) (from * size), (int) (to * size))) {
        sent.add(send(example, Math.floorMod(example.getUser().hashCode(), PARTITIONS)));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }

    /** Lets event time pass the end of the last round, on every partition. */
    void end() throws Exception {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        send(
                widened(
                    TasteExamples.example(
                        "end-" + partition, LAST_ROUND * ROUND + 2, 1, Served.AT_RANDOM)),
                partition)
            .get();
      }
    }

    private Future<RecordMetadata> send(TrainingExample example, int partition) throws IOException {
      return producer.send(
          new ProducerRecord<>(
              config.topics().trainingExamples(),
              partition,
              example.getUser().getBytes(StandardCharsets.UTF_8),
              encoded(example)));
    }

    private static byte[] encoded(TrainingExample example) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
      new SpecificDatumWriter<>(TrainingExample.class).write(example, encoder);
      return bytes.toByteArray();
    }

    /**
     * @param snapshot to go on from, or null
     */
    JobClient start(int parallelism, String snapshot) throws Exception {
      FreshetConfig parallel = config.with(Map.of("job.parallelism", String.valueOf(parallelism)));
      Configuration flink = TrainingJob.flinkConfiguration(parallel);
      if (snapshot != null) {
        flink.set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot);
      }
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      TrainingJob.define(env, parallel);
      return env.executeAsync(name);
    }

    JobClient startAndAwait(int parallelism, int round) throws Exception {
      JobClient job = start(parallelism, null);
      awaitRound(round);
      return job;
    }

    void awaitRound(int round) {
      await(() -> rounds().stream().anyMatch(record -> number(record) >= round), "round " + round);
    }

    private static long number(ConsumerRecord<byte[], byte[]> record) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      assertThat(key).startsWith("default/");
      return Long.parseLong(key.substring("default/".length()));
    }

    List<ConsumerRecord<byte[], byte[]>> rounds() {
      return read(config.topics().trainingRounds());
    }

    List<ConsumerRecord<byte[], byte[]>> models() {
      return read(config.topics().models());
    }

    /** As compaction leaves them; all of a key but plans have to be the same. */
    Map<String, byte[]> lastOfEach(List<ConsumerRecord<byte[], byte[]>> records) {
      Map<String, byte[]> last = new LinkedHashMap<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        byte[] before = last.put(key, record.value());
        if (before != null && !key.startsWith("plan/")) {
          assertThat(Arrays.equals(before, record.value())).as(key).isTrue();
        }
      }
      return last;
    }
  }
}
