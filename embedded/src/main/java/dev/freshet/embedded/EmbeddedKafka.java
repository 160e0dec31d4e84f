package dev.freshet.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka in this JVM: one KRaft node that is broker and controller, on free ports of
 * 127.0.0.1.
 *
 * <pre>{@code
 * try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
 *   kafka.createTopic("user-actions", 4, Map.of());
 *   ... kafka.bootstrapServers() ...
 * }
 * }</pre>
 *
 * <p>Its settings suit tests and replays: topics are created explicitly, records of any timestamp
 * are accepted and never deleted for their age, a record may have up to 16 MiB, consumer groups
 * start at once. The data is in a folder of its own, deleted by {@link #close()}. Several may run
 * side by side.
 *
 * <p>It is put together from the parts of {@code kafka.server.KafkaRaftServer} and not from that
 * class itself for two reasons. That class ends the whole JVM on a fatal fault (a port in use is
 * enough); here a fault is logged, and during the start it is thrown. And here the listening
 * sockets are bound before the broker is configured with their ports, so no port can be taken in
 * between.
 */
public final class EmbeddedKafka implements AutoCloseable {
  /** The largest record (after compression) that is accepted, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final String BROKER_LISTENER = "BROKER";
  private static final String CONTROLLER_LISTENER = "CONTROLLER";
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(3);

  private final TemporaryFolder folder;
  private final BoundSockets sockets;
  private final Optional<Security> security;
  private final AtomicReference<Throwable> firstFault = new AtomicReference<>();
  private ControllerServer controller;
  private BrokerServer broker;
  private Admin admin;

  private EmbeddedKafka(TemporaryFolder folder, BoundSockets sockets, Optional<Security> security) {
    this.folder = folder;
    this.sockets = sockets;
    this.security = security;
  }

  /** What a client of a secured node needs: TLS, and a login by SASL/PLAIN. */
  private record Security(SelfSignedCertificates certificates, String user, String password) {

    String login() {
      return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
          .formatted(user, password);
    }

    Map<String, String> clientProperties() {
      return Map.of(
          "security.protocol", "SASL_SSL",
          "sasl.mechanism", "PLAIN",
          "sasl.jaas.config", login() + ";",
          "ssl.truststore.type", "PEM",
          "ssl.truststore.location", certificates.authorityCertificate().toString());
    }

    void addTo(Properties settings, Path folder) throws IOException {
      Path keyStore = folder.resolve("broker.pem");
      Files.writeString(
          keyStore,
          Files.readString(certificates.serverKey())
              + Files.readString(certificates.serverCertificate()));
      clientProperties().forEach(settings::setProperty);
      settings.remove("security.protocol");
      settings.setProperty("ssl.keystore.type", "PEM");
      settings.setProperty("ssl.keystore.location", keyStore.toString());
      settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
      settings.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
      settings.remove("sasl.jaas.config");
      settings.setProperty(
          "listener.name.broker.plain.sasl.jaas.config",
          "%s user_%s=\"%s\";".formatted(login(), user, password));
    }
  }

  /**
   * Starts a node and returns when it serves requests.
   *
   * @param parent where the node's folder is created
   * @throws IOException if it cannot start; nothing is left behind
   */
  public static EmbeddedKafka start(Path parent) throws IOException {
    return start(parent, Optional.empty());
  }

  /**
   * Starts a node whose clients connect by TLS and log in by SASL/PLAIN, with {@link
   * #clientProperties}.
   *
   * @param parent where the node's folder is created
   * @param certificates of the node; they must outlive it
   * @param user the only user
   * @throws IOException if it cannot start; nothing is left behind
   */
  public static EmbeddedKafka startSecured(
      Path parent, SelfSignedCertificates certificates, String user, String password)
      throws IOException {
    return start(parent, Optional.of(new Security(certificates, user, password)));
  }

  private static EmbeddedKafka start(Path parent, Optional<Security> security) throws IOException {
    TemporaryFolder folder = TemporaryFolder.create(parent, "kafka-");
    EmbeddedKafka kafka;
    try {
      kafka = new EmbeddedKafka(folder, BoundSockets.open(), security);
    } catch (IOException e) {
      folder.close();
      throw e;
    }
    boolean started = false;
    try {
      kafka.startServers();
      started = true;
      return kafka;
    } finally {
      if (!started) {
        kafka.close();
      }
    }
  }

  /** The address for clients, as {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + sockets.brokerPort();
  }

  /** The properties that a client needs beside the servers; none without security. */
  public Map<String, String> clientProperties() {
    return security.map(Security::clientProperties).orElse(Map.of());
  }

  /**
   * Creates a topic and returns when its partitions can be written to.
   *
   * @param config topic settings by Kafka's names, as {@code cleanup.policy}
   * @throws IllegalArgumentException if there is such a topic already
   * @throws IllegalStateException if Kafka refuses, or doesn't finish within 30 s
   */
  public void createTopic(String name, int partitions, Map<String, String> config) {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(config);
    long deadline = System.nanoTime() + REQUEST_TIMEOUT.toNanos();
    try {
      admin
          .createTopics(List.of(topic))
          .all()
          .get(REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        throw new IllegalArgumentException("Topic " + name + " exists already", e.getCause());
      }
      throw new IllegalStateException("Cannot create topic " + name, e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("Topic " + name + " was not created in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while creating topic " + name, e);
    }
    // The controller has answered; the broker applies the new metadata a moment later.
    Condition.await(
        () -> IntStream.range(0, partitions).allMatch(partition -> isOnline(name, partition)),
        deadline,
        () -> "Topic " + name + " did not become known to the broker in time");
  }

  private boolean isOnline(String topic, int partition) {
    return broker
        .replicaManager()
        .onlinePartition(new TopicPartition(topic, partition))
        .isDefined();
  }

  /** Stops the node and deletes its data. Closing again does nothing. */
  @Override
  public synchronized void close() {
    // Nested, so that each step happens even if the one before it fails.
    try (folder;
        sockets) {
      try {
        if (admin != null) {
          admin.close(SHUTDOWN_TIMEOUT);
          admin = null;
        }
      } finally {
        try {
          if (broker != null) {
            broker.shutdown(SHUTDOWN_TIMEOUT);
            broker = null;
          }
        } finally {
          if (controller != null) {
            controller.shutdown();
            controller = null;
          }
        }
      }
    }
  }

  private void startServers() throws IOException {
    KafkaConfig config = new KafkaConfig(settings());
    Formatter formatter = format(config);
    MetaPropertiesEnsemble metadata =
        new MetaPropertiesEnsemble.Loader()
            .addLogDirs(formatter.directories())
            .addMetadataLogDir(config.metadataLogDir())
            .load();
    SharedServer shared =
        new SharedServer(
            config,
            metadata,
            Time.SYSTEM,
            new Metrics(),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            faultHandlers(),
            sockets::take);
    try {
      BootstrapMetadata bootstrap = formatter.bootstrapMetadata();
      controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), bootstrap);
      broker = new BrokerServer(shared);
      controller.startup();
      broker.startup();
    } catch (RuntimeException e) {
      throw startFailure(e);
    }
    Map<String, Object> client = new HashMap<>(clientProperties());
    client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    admin = Admin.create(client);
  }

  private IOException startFailure(RuntimeException e) {
    IOException failure =
        new IOException("The embedded Kafka did not start in " + folder.path() + ": " + e, e);
    Throwable fault = firstFault.get();
    if (fault != null && fault.getCause() != e) {
      failure.addSuppressed(fault);
    }
    return failure;
  }

  /** Writes the cluster's id and the first metadata records, as {@code kafka-storage.sh format}. */
  private static Formatter format(KafkaConfig config) throws IOException {
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(config.nodeId())
            .setControllerListenerName(CONTROLLER_LISTENER)
            .setMetadataLogDirectory(config.metadataLogDir())
            .addDirectory(config.metadataLogDir());
    try {
      formatter.run();
    } catch (RuntimeException | IOException e) {
      throw e;
    } catch (Exception e) { // Formatter.run() declares no narrower one.
      throw new IOException("Cannot format Kafka's storage in " + config.metadataLogDir(), e);
    }
    return formatter;
  }

  private Properties settings() throws IOException {
    // Two nodes in one JVM must not share an id, or their JMX names collide. A port is unique here.
    String nodeId = Integer.toString(sockets.brokerPort());
    String controllerAddress = "127.0.0.1:" + sockets.controllerPort();
    String forever = Long.toString(Long.MAX_VALUE);
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", nodeId);
    settings.setProperty("controller.quorum.voters", nodeId + "@" + controllerAddress);
    settings.setProperty(
        "listeners",
        "%s://%s,%s://%s"
            .formatted(
                BROKER_LISTENER, bootstrapServers(), CONTROLLER_LISTENER, controllerAddress));
    settings.setProperty(
        "listener.security.protocol.map",
        "%s:%s,%s:PLAINTEXT"
            .formatted(
                BROKER_LISTENER,
                security.isPresent() ? "SASL_SSL" : "PLAINTEXT",
                CONTROLLER_LISTENER));
    if (security.isPresent()) {
      security.get().addTo(settings, folder.path());
    }
    settings.setProperty("controller.listener.names", CONTROLLER_LISTENER);
    settings.setProperty("inter.broker.listener.name", BROKER_LISTENER);
    settings.setProperty("log.dirs", folder.path().resolve("data").toString());
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    settings.setProperty("group.initial.rebalance.delay.ms", "0");

    // A replay brings records of any age and order: accept them all, keep them, and don't start a
    // new segment file for every week that their timestamps span.
    settings.setProperty("log.message.timestamp.before.max.ms", forever);
    settings.setProperty("log.message.timestamp.after.max.ms", forever);
    settings.setProperty("log.retention.ms", "-1");
    settings.setProperty("log.retention.bytes", "-1");
    settings.setProperty("log.roll.ms", forever);
    // A topic with a bound of its own is to be held to it soon.
    settings.setProperty("log.retention.check.interval.ms", "10000");

    // One node: one replica of everything, and few partitions of the internal topics.
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("offsets.topic.num.partitions", "2");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("transaction.state.log.num.partitions", "2");
    settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.num.partitions", "1");

    // Small: few threads, and less for the log cleaner, which takes 128 MiB at its start by
    // default.
    settings.setProperty("num.network.threads", "2");
    settings.setProperty("num.io.threads", "3");
    settings.setProperty("background.threads", "2");
    settings.setProperty("num.recovery.threads.per.data.dir", "1");
    settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
    return settings;
  }

  private FaultHandlerFactory faultHandlers() {
    return (name, fatal, action) ->
        new FaultHandler() {
          @Override
          public RuntimeException handleFault(String message, Throwable cause) {
            LOG.error(
                "Embedded Kafka: {} fault in {}: {}",
                fatal ? "fatal" : "handled",
                name,
                message,
                cause);
            RuntimeException fault = new IllegalStateException(name + ": " + message, cause);
            firstFault.compareAndSet(null, fault);
            action.run();
            return fault;
          }
        };
  }

  /** The two listening sockets, bound before the broker knows their ports and then handed to it. */
  private static final class BoundSockets implements AutoCloseable {
    private final ServerSocketChannel broker;
    private final ServerSocketChannel controller;
    private final int brokerPort;
    private final int controllerPort;

    private BoundSockets(ServerSocketChannel broker, ServerSocketChannel controller)
        throws IOException {
      this.broker = broker;
      this.controller = controller;
      brokerPort = port(broker);
      controllerPort = port(controller);
    }

    static BoundSockets open() throws IOException {
      ServerSocketChannel broker = bind();
      try {
        return new BoundSockets(broker, bind());
      } catch (IOException e) {
        broker.close();
        throw e;
      }
    }

    private static ServerSocketChannel bind() throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open();
      try {
        return channel.bind(Loopback.port(0));
      } catch (IOException e) {
        channel.close();
        throw new IOException("Cannot bind a port of 127.0.0.1: " + e.getMessage(), e);
      }
    }

    private static int port(ServerSocketChannel channel) throws IOException {
      return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    int brokerPort() {
      return brokerPort;
    }

    int controllerPort() {
      return controllerPort;
    }

    /** Kafka's hook for opening a listener: gives it the socket that is bound to its port. */
    ServerSocketChannel take(
        String listener, InetSocketAddress address, int backlog, int receiveBufferBytes)
        throws IOException {
      ServerSocketChannel channel = listener.equals(CONTROLLER_LISTENER) ? controller : broker;
      channel.configureBlocking(false);
      return channel;
    }

    @Override
    public void close() {
      // Kafka closes what it has taken; closing a channel twice does nothing.
      try (broker;
          controller) {
        LOG.debug("Closing ports {} and {}", brokerPort, controllerPort);
      } catch (IOException e) {
        LOG.warn("Cannot close ports {} and {}", brokerPort, controllerPort, e);
      }
    }
  }
}
