package dev.freshet.protocol.kafka;

import dev.freshet.config.FreshetConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/**
 * How to reach a Kafka: its servers, and the client properties that security needs. Every consumer,
 * producer and admin client of this project is made from one, so that all of them can connect to a
 * secured cluster.
 *
 * <pre>{@code
 * KafkaConnection kafka = KafkaConnection.of(config);
 * Properties consumer = kafka.properties();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class KafkaConnection {

  /** How long a client waits for a broker that does not answer. */
  public static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Properties properties;

  private KafkaConnection(Properties properties) {
    this.properties = properties;
  }

  /** The connection that a configuration describes: its servers and {@code kafka.properties}. */
  public static KafkaConnection of(FreshetConfig config) {
    return new KafkaConnection(config.kafka().clientProperties());
  }

  /**
   * A connection to a Kafka without security.
   *
   * @param bootstrapServers as host:port, several separated by commas
   */
  public static KafkaConnection plain(String bootstrapServers) {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers);
    return new KafkaConnection(properties);
  }

  /** The bootstrap servers, for messages. */
  public String servers() {
    return properties.getProperty("bootstrap.servers");
  }

  /** The client properties, to be extended by the caller: a copy. */
  public Properties properties() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  /** Returns the {@link #properties} for a client that gives up after {@link #TIMEOUT}. */
  public Properties impatientProperties() {
    Properties impatient = properties();
    String millis = String.valueOf(TIMEOUT.toMillis());
    impatient.setProperty("request.timeout.ms", millis);
    impatient.setProperty("default.api.timeout.ms", millis);
    return impatient;
  }

  /** An admin client that gives up after {@link #TIMEOUT}. */
  public Admin admin() {
    return Admin.create(impatientProperties());
  }

  /**
   * Explains why Kafka did not do something.
   *
   * @param action what was tried, as in "Cannot list the topics"
   */
  public KafkaConnectionException failure(String action, Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause.getClass() == KafkaException.class)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new KafkaConnectionException(
        "%s on %s: %s".formatted(action, servers(), explanation(cause)), failure);
  }

  private String explanation(Throwable cause) {
    String settings =
        "kafka.properties of the configuration, or the command's --kafka-properties FILE";
    if (cause instanceof SslAuthenticationException) {
      return "the TLS handshake failed (%s). Check ssl.truststore.location, and ssl.keystore.location if the broker asks for a certificate, in %s."
          .formatted(cause.getMessage(), settings);
    }
    if (cause instanceof AuthenticationException) {
      return "the broker refuses the login (%s). Check sasl.mechanism, user and password in sasl.jaas.config, in %s."
          .formatted(cause.getMessage(), settings);
    }
    if (cause instanceof AuthorizationException) {
      return "the user may not do this (%s). Grant the right with kafka-acls.sh."
          .formatted(cause.getMessage());
    }
    String protocol = properties.getProperty("security.protocol", "PLAINTEXT");
    String hint =
        protocol.toUpperCase(Locale.ROOT).equals("PLAINTEXT")
            ? " If it requires TLS or a login: set security.protocol and what goes with it in "
                + settings
                + "."
            : " The connection uses security.protocol "
                + protocol
                + ": does the broker's listener use the same?";
    return "no answer (%s). Is the broker up, and is this the address that it advertises?%s"
        .formatted(cause.getMessage() == null ? cause : cause.getMessage(), hint);
  }
}
