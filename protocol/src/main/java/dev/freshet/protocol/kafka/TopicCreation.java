package dev.freshet.protocol.kafka;

import dev.freshet.yaml.Nullable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of a plan, and compares a plan with what a Kafka has. */
public final class TopicCreation {

  private static final long WAIT_SECONDS = KafkaConnection.TIMEOUT.toSeconds() + 5;

  /**
   * A topic of a plan and what Kafka had of it before.
   *
   * @param found partitions that the topic had; null: there was no such topic
   */
  public record State(PlannedTopic topic, @Nullable Integer found) {

    /** Whether Kafka had no such topic. */
    public boolean missing() {
      return found == null;
    }

    /** Whether the topic was there with another number of partitions than planned. */
    public boolean differs() {
      return found != null && found != topic.partitions();
    }
  }

  private TopicCreation() {}

  /**
   * Creates all topics.
   *
   * @throws KafkaConnectionException if one is there already, or Kafka does not answer or refuses
   */
  public static void create(KafkaConnection kafka, List<PlannedTopic> plan)
      throws InterruptedException {
    try (Admin admin = kafka.admin()) {
      admin
          .createTopics(plan.stream().map(PlannedTopic::newTopic).toList())
          .all()
          .get(WAIT_SECONDS, TimeUnit.SECONDS);
      awaitLeaders(admin, plan);
    } catch (ExecutionException | TimeoutException e) {
      throw kafka.failure("Cannot create topics", e);
    }
  }

  /**
   * Creates the topics that are missing, and leaves the others as they are.
   *
   * @return every topic of the plan, as it was found
   * @throws KafkaConnectionException if Kafka does not answer or refuses
   */
  public static List<State> createMissing(KafkaConnection kafka, List<PlannedTopic> plan)
      throws InterruptedException {
    List<State> states = compare(kafka, plan);
    List<PlannedTopic> missing = states.stream().filter(State::missing).map(State::topic).toList();
    if (missing.isEmpty()) {
      return states;
    }
    try (Admin admin = kafka.admin()) {
      for (KafkaFuture<Void> created :
          admin
              .createTopics(missing.stream().map(PlannedTopic::newTopic).toList())
              .values()
              .values()) {
        try {
          created.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          // Another process may have created it since.
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
      }
      awaitLeaders(admin, missing);
      return states;
    } catch (ExecutionException | TimeoutException e) {
      throw kafka.failure("Cannot create topics", e);
    }
  }

  /**
   * Compares a plan with the topics of a Kafka; changes nothing.
   *
   * @throws KafkaConnectionException if Kafka does not answer or refuses
   */
  public static List<State> compare(KafkaConnection kafka, List<PlannedTopic> plan)
      throws InterruptedException {
    try (Admin admin = kafka.admin()) {
      Map<String, KafkaFuture<TopicDescription>> found =
          admin.describeTopics(plan.stream().map(PlannedTopic::name).toList()).topicNameValues();
      List<State> states = new ArrayList<>();
      for (PlannedTopic topic : plan) {
        states.add(new State(topic, partitions(found.get(topic.name()))));
      }
      return states;
    } catch (ExecutionException | TimeoutException e) {
      throw kafka.failure("Cannot look at the topics", e);
    }
  }

  private static @Nullable Integer partitions(KafkaFuture<TopicDescription> found)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return found.get(WAIT_SECONDS, TimeUnit.SECONDS).partitions().size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw e;
    }
  }

  /**
   * A created topic may have partitions without a leader for a moment. A producer's batch for such
   * a partition could be overtaken by the next one, which would lose the order of the partition.
   */
  private static void awaitLeaders(Admin admin, List<PlannedTopic> topics)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (PlannedTopic topic : topics) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (true) {
      try {
        admin.listOffsets(ends).all().get(WAIT_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }
}
