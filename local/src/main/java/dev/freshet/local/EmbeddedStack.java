package dev.freshet.local;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.jobs.config.FreshetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka, Redis and Flink on this machine, on free ports, in a temporary folder. All of it goes when
 * it is closed, also when a part failed to start, and when the JVM is told to stop (Ctrl-C).
 */
public final class EmbeddedStack implements AutoCloseable {

  /** Partitions of each topic: a job can read with as many subtasks. */
  public static final int PARTITIONS = 4;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStack.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Thread onShutdown = new Thread(this::closeParts, "freshet-shutdown");
  private final String kafka;
  private final String redis;
  private final EmbeddedFlink flink;

  private EmbeddedStack(
      int slots,
      Optional<String> givenKafka,
      Optional<String> givenRedis,
      Consumer<String> progress)
      throws Exception {
    Runtime.getRuntime().addShutdownHook(onShutdown);
    try {
      Path folder = Files.createTempDirectory("freshet-");
      own(() -> deleteFolder(folder));
      if (givenRedis.isPresent()) {
        redis = givenRedis.get();
      } else {
        progress.accept("Redis");
        redis = own(EmbeddedRedis.start(folder)).address();
      }
      if (givenKafka.isPresent()) {
        kafka = givenKafka.get();
      } else {
        progress.accept("Kafka");
        kafka = own(EmbeddedKafka.start(folder)).bootstrapServers();
      }
      progress.accept("Flink");
      flink = own(EmbeddedFlink.start(folder, slots));
    } catch (Exception | LinkageError e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything.
   *
   * @param slots greatest parallelism of a job
   * @param progress told what is being started
   */
  public static EmbeddedStack start(int slots, Consumer<String> progress) throws Exception {
    return start(slots, Optional.empty(), Optional.empty(), progress);
  }

  /**
   * Starts what is not there yet.
   *
   * @param kafka bootstrap servers to use instead of an embedded Kafka
   * @param redis host:port to use instead of an embedded Redis
   */
  public static EmbeddedStack start(
      int slots, Optional<String> kafka, Optional<String> redis, Consumer<String> progress)
      throws Exception {
    return new EmbeddedStack(slots, kafka, redis, progress);
  }

  /** Closes something together with the stack, before it. */
  public <T extends AutoCloseable> T own(T part) {
    synchronized (parts) {
      parts.push(part);
    }
    return part;
  }

  public String kafka() {
    return kafka;
  }

  public String redis() {
    return redis;
  }

  public EmbeddedFlink flink() {
    return flink;
  }

  /**
   * Creates the topics that a configuration names, for records of any time and up to 16 MiB.
   *
   * @throws KafkaException if one is there already or Kafka does not answer
   */
  public void createTopics(FreshetConfig.Topics topics) throws InterruptedException {
    List<NewTopic> wanted =
        List.of(
            topic(topics.userActions(), PARTITIONS),
            topic(topics.itemUpdates(), PARTITIONS),
            topic(topics.recommendations(), PARTITIONS),
            topic(topics.trainingExamples(), PARTITIONS),
            topic(topics.deadLetters(), 1));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      admin.createTopics(wanted).all().get(30, TimeUnit.SECONDS);
      awaitLeaders(admin, endOfEach(wanted));
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("Cannot create topics on " + kafka + ": " + e.getMessage(), e);
    }
  }

  /**
   * Created means decided, not there: a batch that its partition's leader is not ready for could be
   * overtaken by the next one, and the order of a partition would be lost.
   */
  private static void awaitLeaders(Admin admin, Map<TopicPartition, OffsetSpec> ends)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private static Map<TopicPartition, OffsetSpec> endOfEach(List<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    return ends;
  }

  private static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, partitions, (short) -1)
        .configs(
            Map.of(
                // A dead letter holds a whole record and more.
                "max.message.bytes", String.valueOf(EmbeddedKafka.MAX_MESSAGE_BYTES),
                // Recorded events are old, and some claim to be of the far future.
                "retention.ms", "-1",
                "message.timestamp.before.max.ms", String.valueOf(Long.MAX_VALUE),
                "message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE)));
  }

  @Override
  public void close() {
    closeParts();
    try {
      Runtime.getRuntime().removeShutdownHook(onShutdown);
    } catch (IllegalStateException e) {
      LOG.debug("Closed while the JVM stops", e);
    }
  }

  private void closeParts() {
    while (true) {
      AutoCloseable part;
      synchronized (parts) {
        part = parts.poll();
      }
      if (part == null) {
        return;
      }
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) { // the other parts are to be closed all the same
        LOG.warn("A part of the embedded stack did not close cleanly", e);
      }
    }
  }

  private static void deleteFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
