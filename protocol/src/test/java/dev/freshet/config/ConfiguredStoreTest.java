package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.redis.RedisRetry;
import dev.freshet.features.redis.RedisSettings;
import dev.freshet.features.redis.RedisTls;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredStoreTest {
  @Test
  void theDefaultIsOneServerInPlainText() {
    assertThat(ConfiguredStore.redisSettings(FreshetConfig.defaults()))
        .isEqualTo(RedisSettings.parse("localhost:6379"));
  }

  @Test
  void aClusterIsReachedThroughSomeMembers() {
    Map<String, String> redis = Map.of("redis.topology", "cluster", "redis.address", "a:1,b:2");
    assertThat(ConfiguredStore.redisSettings(FreshetConfig.of(redis)))
        .isEqualTo(RedisSettings.cluster("a:1,b:2"));
  }

  @Test
  void everyKeyArrives() {
    FreshetConfig config =
        FreshetConfig.of(
            Map.ofEntries(
                Map.entry("redis.topology", "sentinel"),
                Map.entry("redis.address", "a:1,b:2"),
                Map.entry("redis.sentinel-master", "features"),
                Map.entry("redis.user", "ann"),
                Map.entry("redis.password", "p1"),
                Map.entry("redis.sentinel-user", "sue"),
                Map.entry("redis.sentinel-password", "p2"),
                Map.entry("redis.database", "3"),
                Map.entry("redis.tls", "true"),
                Map.entry("redis.tls-ca", "ca.pem"),
                Map.entry("redis.tls-certificate", "c.p12"),
                Map.entry("redis.tls-key-password", "p3"),
                Map.entry("redis.tls-verify-host", "false"),
                Map.entry("redis.timeout", "500ms"),
                Map.entry("redis.key-prefix", "shop")));
    assertThat(ConfiguredStore.redisSettings(config))
        .isEqualTo(
            RedisSettings.sentinel("features", "a:1,b:2")
                .withCredentials("ann", "p1")
                .withSentinelCredentials("sue", "p2")
                .withDatabase(3)
                .withTls(
                    RedisTls.ON.withAuthority("ca.pem").withPkcs12("c.p12", "p3").withAnyHost())
                .withTimeout(Duration.ofMillis(500))
                .withPrefix("shop")
                .withRetry(RedisRetry.DEFAULT));
  }

  @Test
  void aKeyInAFileOfItsOwnArrives() {
    FreshetConfig config =
        FreshetConfig.of(
            Map.of(
                "redis.tls", "true", "redis.tls-certificate", "c.pem", "redis.tls-key", "k.pem"));
    assertThat(ConfiguredStore.redisSettings(config).tls())
        .isEqualTo(RedisTls.ON.withCertificate("c.pem", "k.pem"));
  }
}
