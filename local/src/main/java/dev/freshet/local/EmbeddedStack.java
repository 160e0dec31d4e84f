package dev.freshet.local;

import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka, Redis and Flink on this machine, on free ports, in a temporary folder. All of it goes when
 * it is closed, also when a part failed to start, and when the JVM receives a signal to end
 * (Ctrl-C).
 */
public final class EmbeddedStack implements AutoCloseable {

  /** Partitions of each topic: a job can read with as many subtasks. */
  public static final int PARTITIONS = TopicPlan.PARTITIONS;

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
    } catch (Exception | LinkageError e) { // whatever it is, no part may outlive it
      close();
      throw e;
    }
  }

  /**
   * Starts everything.
   *
   * @param slots greatest parallelism of a job
   * @param progress receives the name of each part as it starts
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
  public void createTopics(FreshetConfig config) throws InterruptedException {
    TopicCreation.create(
        KafkaConnection.of(config),
        TopicPlan.recording(config.topics().byKey(), TopicPlan.PARTITIONS));
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
