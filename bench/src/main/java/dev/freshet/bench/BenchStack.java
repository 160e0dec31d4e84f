package dev.freshet.bench;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broker, Redis, load generator and a Flink process for each job, all of them processes of their
 * own. All of it goes when it is closed, and when the JVM receives a signal to end (Ctrl-C).
 */
final class BenchStack implements AutoCloseable {

  /** As Kafka's own script starts one. */
  private static final List<String> BROKER_OPTIONS =
      List.of(
          "-Xms1g",
          "-Xmx1g",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent");

  private static final Logger LOG = LoggerFactory.getLogger(BenchStack.class);

  /** For what takes no time to speak of, on a machine that is busy. */
  static final Duration SOON = Duration.ofMinutes(2);

  /** For starting a job, and for writing a catalog of a million items. */
  static final Duration PATIENT = Duration.ofMinutes(10);

  /** Of each partition that is read: more than a run writes ahead of its reader. */
  private static final int READ_BYTES = 256 << 20;

  /** Retention of partitions without a reader, so that hours of load do not fill the disk. */
  private static final int UNREAD_BYTES = 32 << 20;

  private final Path folder;
  private final List<ChildProcess> children = new CopyOnWriteArrayList<>();
  private final Thread onShutdown = new Thread(this::closeParts, "bench-shutdown");
  private BenchRedis redis;
  private ChildProcess broker;
  private ChildProcess generator;
  private String kafka;

  private BenchStack(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts all but the jobs.
   *
   * @param progress receives the name of each part as it starts
   */
  static BenchStack start(Consumer<String> progress) throws IOException, InterruptedException {
    BenchStack stack = new BenchStack(Files.createTempDirectory("freshet-bench-"));
    Runtime.getRuntime().addShutdownHook(stack.onShutdown);
    boolean started = false;
    try {
      progress.accept("Redis");
      stack.redis = new BenchRedis(stack.folder);
      progress.accept("Kafka");
      stack.broker = stack.child("broker", "broker", BROKER_OPTIONS);
      stack.kafka = stack.broker.ask("address", null, SOON).asText();
      progress.accept("the load generator");
      stack.generator = stack.child("generator", "generator", List.of("-Xmx2g"));
      started = true;
      return stack;
    } finally {
      if (!started) {
        stack.close();
      }
    }
  }

  private ChildProcess child(String name, String role, List<String> javaOptions)
      throws IOException {
    Path own = Files.createTempDirectory(folder, role);
    ChildProcess child = ChildProcess.start(name, role, own, javaOptions, this::trouble);
    children.add(child);
    return child;
  }

  private String trouble() {
    return children.stream()
        .map(ChildProcess::failure)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  BenchRedis redis() {
    return redis;
  }

  ChildProcess broker() {
    return broker;
  }

  ChildProcess generator() {
    return generator;
  }

  /** Creates a variant's topics, and connects the generator to them. */
  void connect(Variant variant, Traffic.Settings traffic) throws InterruptedException {
    TopicsConfig topics = FreshetConfig.of(keys(variant)).topics();
    TopicCreation.create(
        KafkaConnection.plain(kafka), TopicPlan.recording(topics.byKey(), TopicPlan.PARTITIONS));
    bound(List.of(topics.userActions(), topics.recommendations()), READ_BYTES);
    bound(List.of(topics.trainingExamples()), UNREAD_BYTES);
    generator.ask(
        "connect",
        new Orders.Connect(
            kafka,
            traffic,
            List.of(
                new Orders.Topics(
                    variant.prefix(),
                    topics.userActions(),
                    topics.itemUpdates(),
                    topics.recommendations()))),
        SOON);
  }

  private void bound(List<String> topics, int bytes) throws InterruptedException {
    Collection<AlterConfigOp> changes = new ArrayList<>();
    Map.of(
            "retention.bytes",
            Integer.toString(bytes),
            "segment.bytes",
            Integer.toString(bytes / 8),
            "file.delete.delay.ms",
            "1000")
        .forEach(
            (name, value) ->
                changes.add(
                    new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      for (String topic : topics) {
        admin
            .incrementalAlterConfigs(
                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
            .all()
            .get(SOON.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("Cannot bound the topics " + topics, e);
    }
  }

  private Map<String, String> keys(Variant variant) {
    return variant.keys(kafka, redis.address());
  }

  /** Starts a process with a variant's job. */
  RunningVariant startJob(Variant variant) throws IOException, InterruptedException {
    ChildProcess flink = child("flink-" + variant.prefix(), "flink", variant.javaOptions());
    Orders.Started started =
        ChildProcess.as(
            flink.ask(
                "start",
                new Orders.Start(
                    variant.floor(), keys(variant), variant.parallelism(), variant.stateBackend()),
                PATIENT),
            Orders.Started.class);
    return new RunningVariant(variant, flink, started.features());
  }

  /** Ends a variant's process, and forgets its features. */
  void end(RunningVariant running) {
    children.remove(running.flink());
    running.flink().close();
    redis.clear();
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

  private synchronized void closeParts() {
    // Those that use others first.
    for (int child = children.size() - 1; child >= 0; child--) {
      children.get(child).close();
    }
    children.clear();
    if (redis != null) {
      redis.close();
      redis = null;
    }
    try {
      deleteFolder();
    } catch (IOException e) {
      LOG.warn("The benchmark's files in {} could not be deleted", folder, e);
    }
  }

  private void deleteFolder() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
