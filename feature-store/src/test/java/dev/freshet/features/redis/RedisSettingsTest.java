package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {
  @ParameterizedTest
  @ValueSource(strings = {"localhost:6379", "10.0.0.7:1", "[::1]:6379", "redis.example.org:65535"})
  void readsAndWritesAddresses(String address) {
    assertThat(RedisSettings.parse(address).address()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        ":6379",
        "localhost:",
        "localhost:redis",
        "::1:6379",
        "a:0",
        "a:65536",
        "a:999999",
        "redis://a:6379"
      })
  void whatIsNoAddressIsAnError(String address) {
    assertThatThrownBy(() -> RedisSettings.parse(address))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reportsEveryErrorAtOnce() {
    assertThatThrownBy(
            () ->
                new RedisSettings(
                    RedisTopology.STANDALONE,
                    "m",
                    List.of(new RedisNode("", 0), new RedisNode("b", 1), new RedisNode("b", 1)),
                    new RedisCredentials("user", ""),
                    new RedisCredentials("", "p"),
                    -1,
                    new RedisTls(false, "ca.pem", "", "key.pem", "secret", true),
                    Duration.ZERO,
                    Duration.ofDays(30),
                    0,
                    "a:b",
                    new RedisRetry(0, Duration.ofSeconds(-1), Duration.ofSeconds(-2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host is empty")
        .hasMessageContaining("port is 0")
        .hasMessageContaining("address is there twice")
        .hasMessageContaining("3 addresses")
        .hasMessageContaining("name of a master but no sentinel")
        .hasMessageContaining("a user but no password")
        .hasMessageContaining("password for sentinels but no sentinel")
        .hasMessageContaining("database is -1")
        .hasMessageContaining("TLS settings but TLS is off")
        .hasMessageContaining("key but no certificate")
        .hasMessageContaining("must not be encrypted")
        .hasMessageContaining("(time for connecting) is PT0S")
        .hasMessageContaining("(time for an answer) is PT720H")
        .hasMessageContaining("connections are 0")
        .hasMessageContaining("prefix is 'a:b'")
        .hasMessageContaining("attempts are 0")
        .hasMessageContaining("first pause is PT-1S")
        .hasMessageContaining("longest pause PT-2S is shorter")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aClusterHasOneDatabaseAndSentinelsAMaster() {
    assertThatThrownBy(() -> RedisSettings.cluster("a:1,b:2").withDatabase(1))
        .hasMessageContaining("a cluster has only database 0");
    assertThatThrownBy(() -> RedisSettings.sentinel("", "a:1"))
        .hasMessageContaining("name of the master is missing");
    assertThatThrownBy(() -> RedisSettings.cluster("a:1,,b:2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host:port");
  }

  @Test
  void severalAddressesAreReadAndWritten() {
    RedisSettings settings = RedisSettings.sentinel("m", "a:1, [::1]:2");
    assertThat(settings.nodes()).containsExactly(new RedisNode("a", 1), new RedisNode("::1", 2));
    assertThat(settings.address()).isEqualTo("a:1,[::1]:2");
    assertThat(settings.toString()).contains("'m'", "a:1,[::1]:2");
  }

  @Test
  void canBeSentToAnotherMachine() throws Exception {
    RedisSettings settings =
        RedisSettings.cluster("a:1,b:2")
            .withCredentials("u", "p")
            .withTls(RedisTls.ON.withAuthority("ca").withPkcs12("c.p12", "p").withAnyHost())
            .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(3))
            .withConnections(3)
            .withRetry(RedisRetry.NONE);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(settings);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(settings);
    }
  }

  @Test
  void pausesGrowToTheLongestAndAreRandomFromZero() {
    RedisRetry retry = new RedisRetry(9, Duration.ofMillis(10), Duration.ofMillis(70));
    for (int repetition = 1; repetition < 100; repetition++) {
      long bound = repetition <= 3 ? 10L << (repetition - 1) : 70;
      int n = repetition;
      LongSummaryStatistics pauses =
          LongStream.range(0, 2000).map(i -> retry.pauseBefore(n).toNanos()).summaryStatistics();
      assertThat(pauses.getMax()).isLessThanOrEqualTo(bound * 1_000_000);
      assertThat(pauses.getMax()).isGreaterThan(bound * 900_000);
      assertThat(pauses.getMin()).isLessThan(bound * 100_000);
    }
  }

  @Test
  void doesNotTellThePassword() {
    RedisSettings settings = RedisSettings.parse("localhost:6379").withCredentials("me", "secret");
    assertThat(settings.toString()).contains("localhost:6379").doesNotContain("secret");
    assertThat(settings.credentials().password()).isEqualTo("secret");
    RedisSettings all =
        RedisSettings.sentinel("m", "a:1")
            .withSentinelCredentials("s", "secret")
            .withTls(RedisTls.ON.withPkcs12("c.p12", "secret"));
    assertThat(all + " " + all.sentinelCredentials() + " " + all.tls()).doesNotContain("secret");
  }
}
