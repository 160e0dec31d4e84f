package dev.freshet.protocol.kafka;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.model.ModelRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics that a configuration names, for records of any time and up to 16 MiB; models
 * may have 20 MiB, and their topic is compacted, as that of training rounds is.
 */
public final class TopicCreation {

  /** Partitions of each topic: a job can read with as many subtasks. */
  public static final int PARTITIONS = 4;

  private static final int TIMEOUT_SECONDS = 30;
  private static final int MAX_MESSAGE_BYTES = 16 << 20;
  private static final String MAX_BYTES = "max.message.bytes";
  private static final int MAX_DEAD_LETTER_BYTES = ModelRules.MAX_RECORD_BYTES + (1 << 20);

  private TopicCreation() {}

  /**
   * Creates all topics.
   *
   * @param kafka bootstrap servers
   * @throws KafkaException if one is there already or Kafka does not answer
   */
  public static void create(String kafka, FreshetConfig.Topics topics) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      admin.createTopics(wanted(topics)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      awaitLeaders(admin, topics);
    } catch (ExecutionException | TimeoutException e) {
      throw failed(kafka, e);
    }
  }

  /**
   * Creates the topics that are not there yet, and leaves the others as they are.
   *
   * @param kafka bootstrap servers
   * @return the names of those that were created
   * @throws KafkaException if Kafka does not answer or refuses
   */
  public static List<String> createMissing(String kafka, FreshetConfig.Topics topics)
      throws InterruptedException {
    List<String> created = new ArrayList<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      Map<String, KafkaFuture<Void>> answers = admin.createTopics(wanted(topics)).values();
      for (Map.Entry<String, KafkaFuture<Void>> answer : answers.entrySet()) {
        try {
          answer.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          created.add(answer.getKey());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw failed(kafka, e);
          }
        }
      }
      awaitLeaders(admin, topics);
    } catch (ExecutionException | TimeoutException e) {
      throw failed(kafka, e);
    }
    return created;
  }

  /**
   * Created means decided, not there: a batch that its partition's leader is not ready for could be
   * overtaken by the next one, and the order of a partition would be lost.
   */
  private static void awaitLeaders(Admin admin, FreshetConfig.Topics topics)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (NewTopic topic : wanted(topics)) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (true) {
      try {
        admin.listOffsets(ends).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private static KafkaException failed(String kafka, Exception e) {
    return new KafkaException("Cannot create topics on " + kafka + ": " + e.getMessage(), e);
  }

  private static List<NewTopic> wanted(FreshetConfig.Topics topics) {
    return List.of(
        topic(topics.userActions(), PARTITIONS),
        topic(topics.itemUpdates(), PARTITIONS),
        topic(topics.recommendationRequests(), PARTITIONS),
        topic(topics.recommendations(), PARTITIONS),
        topic(topics.trainingExamples(), PARTITIONS),
        topic(topics.shadowRecommendations(), PARTITIONS),
        topic(topics.explanations(), PARTITIONS),
        topic(topics.evaluation(), 1),
        topic(
            topics.trainingRounds(),
            1,
            Map.of(MAX_BYTES, String.valueOf(MAX_MESSAGE_BYTES), "cleanup.policy", "compact")),
        // A dead letter holds a whole record and more.
        topic(topics.deadLetters(), 1, Map.of(MAX_BYTES, String.valueOf(MAX_DEAD_LETTER_BYTES))),
        topic(
            topics.models(),
            1,
            Map.of(
                MAX_BYTES,
                String.valueOf(ModelRules.MAX_RECORD_BYTES),
                "cleanup.policy",
                "compact")));
  }

  private static NewTopic topic(String name, int partitions) {
    return topic(name, partitions, Map.of(MAX_BYTES, String.valueOf(MAX_MESSAGE_BYTES)));
  }

  private static NewTopic topic(String name, int partitions, Map<String, String> own) {
    Map<String, String> configs = new HashMap<>(own);
    // Recorded events are old, and some claim to be of the far future.
    configs.put("retention.ms", "-1");
    configs.put("message.timestamp.before.max.ms", String.valueOf(Long.MAX_VALUE));
    configs.put("message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE));
    return new NewTopic(name, partitions, (short) -1).configs(configs);
  }
}
