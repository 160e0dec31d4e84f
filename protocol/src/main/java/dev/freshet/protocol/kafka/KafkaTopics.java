package dev.freshet.protocol.kafka;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.yaml.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that the job needs, as the broker has them. */
public final class KafkaTopics {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
  private static final long TIMEOUT_SECONDS = KafkaConnection.TIMEOUT.toSeconds() + 5;

  /** The largest request: a dead letter carries its whole record, at most a model, and more. */
  public static final int MAX_REQUEST_BYTES = ModelRules.MAX_RECORD_BYTES + (1 << 20);

  private static final String MODELS = "topics.models";
  private static final String DEAD_LETTERS = "topics.dead-letters";
  private static final String TRAINING_ROUNDS = "topics.training-rounds";
  private static final String ROUNDS_OPTIONS = "--partitions 1 --config cleanup.policy=compact";
  private static final String MODELS_OPTIONS =
      "--partitions 1 --config cleanup.policy=compact --config max.message.bytes="
          + ModelRules.MAX_RECORD_BYTES;

  /** Kafka's default of {@code max.message.bytes}. */
  private static final int USUAL_MESSAGE_BYTES = (1 << 20) + 12;

  private final Map<String, Integer> partitions;
  private final int maxDeadLetterBytes;

  private KafkaTopics(Map<String, Integer> partitions, int maxDeadLetterBytes) {
    this.partitions = partitions;
    this.maxDeadLetterBytes = maxDeadLetterBytes;
  }

  /** The largest record that the topic of dead letters takes and the job can send. */
  public int maxDeadLetterBytes() {
    return maxDeadLetterBytes;
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return partitions.get(topic);
  }

  /**
   * Asks the broker for all topics that recommending needs.
   *
   * @throws ConfigurationException if the broker can't be reached, or topics are missing or not
   *     fit: all of them, each with the line that names it and what to do
   */
  public static KafkaTopics check(FreshetConfig config) throws InterruptedException {
    return check(config, topicsByKey(config));
  }

  /**
   * Asks the broker for all topics that learning needs.
   *
   * @throws ConfigurationException as {@link #check}
   */
  public static KafkaTopics checkForLearning(FreshetConfig config) throws InterruptedException {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("topics.training-examples", config.topics().trainingExamples());
    topics.put(TRAINING_ROUNDS, config.topics().trainingRounds());
    topics.put(MODELS, config.topics().models());
    topics.put(DEAD_LETTERS, config.topics().deadLetters());
    return check(config, topics);
  }

  private static KafkaTopics check(FreshetConfig config, Map<String, String> topicsByKey)
      throws InterruptedException {
    String servers = config.kafka().bootstrapServers();
    Map<String, Integer> partitions = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    int maxDeadLetterBytes;
    try (Admin admin = KafkaConnection.of(config).admin()) {
      Map<String, KafkaFuture<TopicDescription>> answers =
          admin.describeTopics(topicsByKey.values()).topicNameValues();
      for (Map.Entry<String, String> entry : topicsByKey.entrySet()) {
        try {
          TopicDescription topic =
              answers.get(entry.getValue()).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          partitions.put(entry.getValue(), topic.partitions().size());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw unreachable(config, e.getCause());
          }
          problems.add(
              "%s: %s: there is no topic '%s' on %s. Create it: ./freshet topics create --config FILE, or kafka-topics.sh --bootstrap-server %s --create --topic %s %s"
                  .formatted(
                      config.origin(entry.getKey()),
                      entry.getKey(),
                      entry.getValue(),
                      servers,
                      servers,
                      entry.getValue(),
                      options(entry.getKey())));
        }
      }
      maxDeadLetterBytes = maxMessageBytes(admin, config.topics().deadLetters());
    } catch (TimeoutException e) {
      throw unreachable(config, e);
    }
    for (String key : List.of(MODELS, TRAINING_ROUNDS)) {
      String topic = topicsByKey.get(key);
      int found = partitions.getOrDefault(topic, 1);
      if (found != 1) {
        problems.add(
            "%s: %s: the topic '%s' on %s has %d partitions, and the order of %s holds only within one. Create another, kafka-topics.sh --bootstrap-server %s --create --topic NAME %s, and name it here"
                .formatted(
                    config.origin(key),
                    key,
                    topic,
                    servers,
                    found,
                    key.equals(MODELS) ? "models and plans" : "rounds",
                    servers,
                    options(key)));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new KafkaTopics(partitions, Math.min(maxDeadLetterBytes, MAX_REQUEST_BYTES));
  }

  private static String options(String key) {
    return switch (key) {
      case MODELS -> MODELS_OPTIONS;
      case TRAINING_ROUNDS -> ROUNDS_OPTIONS;
      case DEAD_LETTERS -> "--partitions 1 --config max.message.bytes=" + MAX_REQUEST_BYTES;
      default -> "--partitions 4";
    };
  }

  /** How large a record of a topic may be; Kafka's default if the user may not ask. */
  private static int maxMessageBytes(Admin admin, String topic)
      throws InterruptedException, TimeoutException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      return Integer.parseInt(
          admin
              .describeConfigs(List.of(resource))
              .values()
              .get(resource)
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
              .value());
    } catch (ExecutionException e) {
      LOG.info("Kafka doesn't tell the configuration of {}: {}", topic, e.getCause().toString());
      return USUAL_MESSAGE_BYTES;
    }
  }

  private static Map<String, String> topicsByKey(FreshetConfig config) {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("topics.user-actions", config.topics().userActions());
    topics.put("topics.item-updates", config.topics().itemUpdates());
    topics.put("topics.recommendation-requests", config.topics().recommendationRequests());
    topics.put("topics.recommendations", config.topics().recommendations());
    topics.put(DEAD_LETTERS, config.topics().deadLetters());
    topics.put(MODELS, config.topics().models());
    topics.put("topics.shadow-recommendations", config.topics().shadowRecommendations());
    topics.put("topics.evaluation", config.topics().evaluation());
    if (config.ranking().explanations()) {
      topics.put("topics.explanations", config.topics().explanations());
    }
    if (config.training().examples()) {
      topics.put("topics.training-examples", config.topics().trainingExamples());
    }
    return topics;
  }

  private static ConfigurationException unreachable(FreshetConfig config, Throwable cause) {
    return new ConfigurationException(
        List.of(
            "%s: kafka.bootstrap-servers: %s"
                .formatted(
                    config.origin("kafka.bootstrap-servers"),
                    KafkaConnection.of(config)
                        .failure("Cannot look at the topics", cause)
                        .getMessage())));
  }
}
