package dev.freshet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kinds of Redis beyond the plain server of {@link EmbeddedRedisITCase}. */
class RedisTopologiesITCase {
  @TempDir private Path parent;

  @Test
  void aServerWithTlsKnowsItsUsersAndRefusesPlainText() throws Exception {
    try (SelfSignedCertificates certificates = SelfSignedCertificates.create(parent);
        EmbeddedRedis redis =
            EmbeddedRedis.startWithTls(
                parent, certificates, "--user", "ann", "on", ">secret", "~*", "+@all")) {
      SSLContext trust = trusting(certificates.authorityCertificate());
      for (int run = 0; run < 2; run++) {
        assertThat(overTls(trust, redis.port(), "AUTH ann secret")).isEqualTo("+OK");
        assertThat(overTls(trust, redis.port(), "AUTH ann guess")).startsWith("-WRONGPASS");
        assertThatThrownBy(() -> RedisWire.command(redis.port(), "PING"))
            .isInstanceOf(IOException.class);
        redis.restart();
      }
    }
    assertNothingIsLeft();
  }

  @Test
  void aClusterSpreadsTheSlotsAndComesBackAfterARestart() throws Exception {
    try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(parent)) {
      List<Integer> ports = IntStream.range(0, 3).mapToObj(cluster::port).toList();
      assertThat(cluster.addresses().split(","))
          .containsExactly(ports.stream().map(p -> "127.0.0.1:" + p).toArray(String[]::new));
      for (String key : List.of("b", "foo1", "foo")) {
        assertThat(ports.stream().filter(port -> takes(port, key))).as(key).hasSize(1);
      }
      cluster.stop(1);
      assertThatThrownBy(() -> RedisWire.command(ports.get(1), "PING"))
          .isInstanceOf(IOException.class);
      cluster.restart(1);
      assertThat(RedisWire.command(ports.get(0), "CLUSTER", "INFO")).contains("cluster_state:ok");
    }
    assertNothingIsLeft();
  }

  private static boolean takes(int port, String key) {
    try {
      return RedisWire.command(port, "SET", key, "1").equals("+OK");
    } catch (IOException moved) {
      assertThat(moved).hasMessageContaining("MOVED");
      return false;
    }
  }

  @Test
  void aReplicaTakesOverFromAKilledMaster() throws Exception {
    try (EmbeddedRedisSentinel redis = EmbeddedRedisSentinel.start(parent)) {
      RedisWire.command(redis.firstMasterPort(), "SET", "a", "1");
      RedisWire.command(redis.firstMasterPort(), "WAIT", "1", "900");
      assertThat(redis.isReplicaPromoted()).isFalse();
      assertThatThrownBy(() -> RedisWire.command(redis.firstReplicaPort(), "SET", "a", "2"))
          .hasMessageContaining("READONLY");

      redis.killMaster();
      redis.killMaster();

      Condition.await(
          redis::isReplicaPromoted,
          System.nanoTime() + Duration.ofSeconds(20).toNanos(),
          () -> "The replica was not promoted");
      assertThat(RedisWire.command(redis.firstReplicaPort(), "GET", "a")).isEqualTo("1");
      assertThat(RedisWire.command(redis.firstReplicaPort(), "SET", "a", "2")).isEqualTo("+OK");
      for (String sentinel : redis.sentinels().split(",")) {
        int port = Integer.parseInt(sentinel.substring(sentinel.indexOf(':') + 1));
        Condition.await(
            () -> knows(port, redis),
            System.nanoTime() + Duration.ofSeconds(20).toNanos(),
            () -> sentinel + " does not know the new master");
      }
    }
    assertNothingIsLeft();
  }

  private static boolean knows(int sentinel, EmbeddedRedisSentinel redis) {
    try {
      return RedisWire.command(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", redis.masterName())
          .equals("127.0.0.1\n" + redis.firstReplicaPort() + "\n");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aStartThatFailsLeavesNothing() throws Exception {
    try (SelfSignedCertificates certificates = SelfSignedCertificates.create(parent)) {
      assertThatThrownBy(
              () -> EmbeddedRedis.startWithTls(parent, certificates, "--no-such-option", "1"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no-such-option");
    }
    assertNothingIsLeft();
    Path file = Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedRedisCluster.start(file)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> EmbeddedRedisSentinel.start(file)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SelfSignedCertificates.create(file)).isInstanceOf(IOException.class);
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
    assertThat(
            ProcessHandle.current()
                .descendants()
                .flatMap(process -> process.info().command().stream())
                .filter(command -> command.contains("redis-server")))
        .isEmpty();
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      Collection<? extends java.security.cert.Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      trusted.setCertificateEntry("authority", certificates.iterator().next());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String overTls(SSLContext context, int port, String command) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(5000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read(); c != '\r' && c != -1; ) {
        line.append((char) c);
        c = socket.getInputStream().read();
      }
      return line.toString();
    }
  }
}
