package dev.freshet.protocol.kafka;

import dev.freshet.protocol.model.ModelRules;
import dev.freshet.yaml.Nullable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which topics there are, with how many partitions, and how long each keeps its records. */
public final class TopicPlan {

  /** Partitions of a topic by default: as many subtasks can read it. */
  public static final int PARTITIONS = 4;

  /** The largest record of most topics, in bytes. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** Kept until they are replaced or for ever: a job that starts anew reads them whole. */
  private static final Duration FOR_EVER = null;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration MONTH = Duration.ofDays(30);

  private TopicPlan() {}

  /**
   * The topics of a running service.
   *
   * @param names of the topics in Kafka by their keys in the configuration
   * @param partitions of the topics that are read in parallel
   * @param replicationFactor copies of each partition; -1: the broker's default
   * @param retention of all topics that are not kept for ever; null: each topic's default
   */
  public static List<PlannedTopic> service(
      Map<String, String> names,
      int partitions,
      short replicationFactor,
      @Nullable Duration retention) {
    List<PlannedTopic> plan = new ArrayList<>();
    for (PlannedTopic topic : topics(names, partitions, replicationFactor)) {
      plan.add(topic.retention() == null || retention == null ? topic : keeping(topic, retention));
    }
    return plan;
  }

  /**
   * The topics of a replay or a test: they keep records of any age.
   *
   * @param names of the topics in Kafka by their keys in the configuration
   */
  public static List<PlannedTopic> recording(Map<String, String> names, int partitions) {
    return topics(names, partitions, (short) -1).stream()
        .map(topic -> keeping(topic, FOR_EVER))
        .toList();
  }

  private static PlannedTopic keeping(PlannedTopic topic, @Nullable Duration retention) {
    return new PlannedTopic(
        topic.key(),
        topic.name(),
        topic.partitions(),
        topic.replicationFactor(),
        retention,
        topic.compacted(),
        topic.maxMessageBytes());
  }

  private static List<PlannedTopic> topics(
      Map<String, String> names, int partitions, short copies) {
    int deadLetterBytes = KafkaTopics.MAX_REQUEST_BYTES; // a dead letter holds a record and more
    int modelBytes = ModelRules.MAX_RECORD_BYTES;
    return List.of(
        topic(names, "user-actions", partitions, copies, WEEK, false, MAX_MESSAGE_BYTES),
        topic(names, "item-updates", partitions, copies, FOR_EVER, false, MAX_MESSAGE_BYTES),
        topic(names, "recommendation-requests", partitions, copies, DAY, false, MAX_MESSAGE_BYTES),
        topic(names, "recommendations", partitions, copies, WEEK, false, MAX_MESSAGE_BYTES),
        topic(names, "shadow-recommendations", partitions, copies, DAY, false, MAX_MESSAGE_BYTES),
        topic(names, "explanations", partitions, copies, DAY, false, MAX_MESSAGE_BYTES),
        topic(names, "training-examples", partitions, copies, WEEK, false, MAX_MESSAGE_BYTES),
        topic(names, "training-rounds", 1, copies, FOR_EVER, true, MAX_MESSAGE_BYTES),
        topic(names, "models", 1, copies, FOR_EVER, true, modelBytes),
        topic(names, "evaluation", 1, copies, MONTH, false, MAX_MESSAGE_BYTES),
        topic(names, "dead-letters", 1, copies, MONTH, false, deadLetterBytes));
  }

  private static PlannedTopic topic(
      Map<String, String> names,
      String key,
      int partitions,
      short copies,
      @Nullable Duration retention,
      boolean compacted,
      int maxMessageBytes) {
    return new PlannedTopic(
        key, names.get(key), partitions, copies, retention, compacted, maxMessageBytes);
  }
}
