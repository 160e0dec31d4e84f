package dev.freshet.jobs.kafka;

import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.jobs.config.FreshetConfig.TimeMode;
import dev.freshet.jobs.model.ModelRules;
import java.util.Properties;

/** Client settings: the user's, and those that latency and exactness rest on. */
final class KafkaProperties {

  /** A dead letter carries its record whole, a model at the largest, and something more. */
  static final int MAX_REQUEST_BYTES = ModelRules.MAX_RECORD_BYTES + (1 << 20);

  private KafkaProperties() {}

  static Properties common(FreshetConfig config) {
    return config.kafka().clientProperties();
  }

  static Properties consumer(FreshetConfig config) {
    Properties properties = common(config);
    properties.setProperty("client.id.prefix", config.job().name());
    // The topics are known at start and checked; a changed number of partitions needs a restart.
    properties.setProperty("partition.discovery.interval.ms", "-1");
    properties.setProperty("fetch.min.bytes", "1");
    return properties;
  }

  static Properties producer(FreshetConfig config) {
    Properties properties = common(config);
    properties.setProperty("acks", "all");
    properties.setProperty("max.request.size", String.valueOf(MAX_REQUEST_BYTES));
    // Live, a record goes out at once; a replay is after throughput.
    boolean live = config.time().mode() == TimeMode.LIVE;
    properties.setProperty("linger.ms", live ? "0" : "5");
    properties.setProperty("batch.size", live ? "16384" : "262144");
    // Must outlast a checkpoint and a restart, else exactly-once would lose what was written.
    properties.setProperty("transaction.timeout.ms", "600000");
    return properties;
  }
}
