package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
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
    assertThatThrownBy(() -> new RedisSettings("", 0, "user", "", -1, Duration.ZERO, "a:b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host")
        .hasMessageContaining("port is 0")
        .hasMessageContaining("no password")
        .hasMessageContaining("database is -1")
        .hasMessageContaining("timeout")
        .hasMessageContaining("prefix is 'a:b'");
  }

  @Test
  void doesNotTellThePassword() {
    RedisSettings settings = RedisSettings.parse("localhost:6379").withCredentials("me", "secret");
    assertThat(settings.toString()).contains("localhost:6379").doesNotContain("secret");
    assertThat(settings.password()).isEqualTo("secret");
  }
}
