package dev.freshet.jobs.kafka;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TimeMode;
import dev.freshet.protocol.kafka.KafkaTopics;
import java.util.Properties;

/** Client settings: the user's, and those that latency and delivery guarantees depend on. */
final class KafkaProperties {

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

  /** Returns the settings for records that a client waits for. */
  static Properties producer(FreshetConfig config) {
    // Live, a record is sent at once; a replay is optimized for throughput.
    boolean live = config.time().mode() == TimeMode.LIVE;
    return producer(config, live ? "0" : "5", live ? 1 << 14 : 1 << 18);
  }

  /**
   * Returns the settings for records that no client waits for. A request for each record would cost
   * the broker and the job as much as the recommendations do.
   */
  static Properties unhurriedProducer(FreshetConfig config) {
    return producer(config, config.time().mode() == TimeMode.LIVE ? "50" : "5", 1 << 18);
  }

  private static Properties producer(FreshetConfig config, String linger, int batchBytes) {
    Properties properties = common(config);
    properties.setProperty("acks", "all");
    properties.setProperty("max.request.size", String.valueOf(KafkaTopics.MAX_REQUEST_BYTES));
    properties.setProperty("linger.ms", linger);
    properties.setProperty("batch.size", String.valueOf(batchBytes));
    // What comes while so many requests are under way goes out together: records wait for each
    // other only when there are many.
    properties.putIfAbsent("max.in.flight.requests.per.connection", "2");
    // Must outlast a checkpoint and a restart, else exactly-once would lose what was written.
    properties.setProperty("transaction.timeout.ms", "600000");
    return properties;
  }
}
