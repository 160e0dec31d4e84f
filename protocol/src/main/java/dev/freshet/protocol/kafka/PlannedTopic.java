package dev.freshet.protocol.kafka;

import dev.freshet.yaml.Nullable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as it is to be created.
 *
 * @param key its key below {@code topics} in the configuration, such as {@code user-actions}
 * @param name what it is called in Kafka
 * @param replicationFactor copies of each partition; -1: the broker's default
 * @param retention how long records are kept; null: for ever
 * @param compacted whether only the last record of each key is kept
 * @param maxMessageBytes the largest record that it accepts
 */
public record PlannedTopic(
    String key,
    String name,
    int partitions,
    short replicationFactor,
    @Nullable Duration retention,
    boolean compacted,
    int maxMessageBytes) {

  NewTopic newTopic() {
    Map<String, String> configs = new HashMap<>();
    configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(maxMessageBytes));
    configs.put(
        TopicConfig.RETENTION_MS_CONFIG,
        String.valueOf(retention == null ? -1 : retention.toMillis()));
    if (compacted) {
      configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    }
    // Recorded events are old, and the times of some are far in the future.
    String unlimited = String.valueOf(Long.MAX_VALUE);
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, unlimited);
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, unlimited);
    return new NewTopic(name, partitions, replicationFactor).configs(configs);
  }
}
