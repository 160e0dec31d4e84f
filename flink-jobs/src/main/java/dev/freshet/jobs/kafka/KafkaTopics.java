package dev.freshet.jobs.kafka;

import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.yaml.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics that the job needs, as the broker has them. */
public final class KafkaTopics {

  private static final int TIMEOUT_SECONDS = 15;

  private final Map<String, Integer> partitions;

  private KafkaTopics(Map<String, Integer> partitions) {
    this.partitions = partitions;
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return partitions.get(topic);
  }

  /**
   * Asks the broker for all topics that the configuration names.
   *
   * @throws ConfigurationException if the broker can't be reached or topics are missing: all of
   *     them, each with the line that names it and what to do
   */
  public static KafkaTopics check(FreshetConfig config) throws InterruptedException {
    String servers = config.kafka().bootstrapServers();
    Properties properties = KafkaProperties.common(config);
    properties.setProperty("request.timeout.ms", String.valueOf(TIMEOUT_SECONDS * 1000));
    properties.setProperty("default.api.timeout.ms", String.valueOf(TIMEOUT_SECONDS * 1000));
    Map<String, String> topicsByKey = topicsByKey(config);
    Map<String, Integer> partitions = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    try (Admin admin = Admin.create(properties)) {
      Map<String, KafkaFuture<TopicDescription>> answers =
          admin.describeTopics(topicsByKey.values()).topicNameValues();
      for (Map.Entry<String, String> entry : topicsByKey.entrySet()) {
        try {
          TopicDescription topic =
              answers.get(entry.getValue()).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          partitions.put(entry.getValue(), topic.partitions().size());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw unreachable(config, servers, e.getCause());
          }
          problems.add(
              "%s: %s: there is no topic '%s' on %s. Create it: kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions 4"
                  .formatted(
                      config.origin(entry.getKey()),
                      entry.getKey(),
                      entry.getValue(),
                      servers,
                      servers,
                      entry.getValue()));
        }
      }
    } catch (TimeoutException e) {
      throw unreachable(config, servers, e);
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new KafkaTopics(partitions);
  }

  private static Map<String, String> topicsByKey(FreshetConfig config) {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("topics.user-actions", config.topics().userActions());
    topics.put("topics.item-updates", config.topics().itemUpdates());
    topics.put("topics.recommendations", config.topics().recommendations());
    topics.put("topics.dead-letters", config.topics().deadLetters());
    if (config.training().examples()) {
      topics.put("topics.training-examples", config.topics().trainingExamples());
    }
    return topics;
  }

  private static ConfigurationException unreachable(
      FreshetConfig config, String servers, Throwable cause) {
    return new ConfigurationException(
        List.of(
            "%s: kafka.bootstrap-servers: %s does not answer (%s). Is the broker up, and is this the address it advertises?"
                .formatted(config.origin("kafka.bootstrap-servers"), servers, cause)));
  }
}
