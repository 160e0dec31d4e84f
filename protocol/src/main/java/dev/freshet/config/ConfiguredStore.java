package dev.freshet.config;

import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.RedisSettings;
import dev.freshet.features.redis.RedisTls;
import dev.freshet.yaml.Secret;

/** The feature store that a configuration describes. */
public final class ConfiguredStore {

  private ConfiguredStore() {}

  /** Address, credentials and layout of the store that a configuration names. */
  public static FeatureStoreSettings of(FreshetConfig config) {
    return new FeatureStoreSettings(
        redisSettings(config),
        config.featureStore().layout(),
        config.featureStore().feastProject());
  }

  static RedisSettings redisSettings(FreshetConfig config) {
    RedisConfig redis = config.redis();
    RedisSettings settings =
        switch (redis.topology()) {
          case STANDALONE -> RedisSettings.parse(redis.address());
          case CLUSTER -> RedisSettings.cluster(redis.address());
          case SENTINEL -> RedisSettings.sentinel(redis.sentinelMaster(), redis.address());
        };
    return settings
        .withCredentials(orEmpty(redis.user()), orEmpty(redis.password()))
        .withSentinelCredentials(orEmpty(redis.sentinelUser()), orEmpty(redis.sentinelPassword()))
        .withDatabase(redis.database())
        .withTls(
            new RedisTls(
                redis.tls(),
                orEmpty(redis.tlsCa()),
                orEmpty(redis.tlsCertificate()),
                orEmpty(redis.tlsKey()),
                orEmpty(redis.tlsKeyPassword()),
                redis.tlsVerifyHost()))
        .withTimeout(redis.timeout())
        .withPrefix(redis.keyPrefix());
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static String orEmpty(Secret secret) {
    return secret == null ? "" : secret.reveal();
  }
}
