package dev.freshet.client.shopper;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.TopicsConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Simulated shoppers on a Kafka: what they do goes to its topics, and they see what is recommended
 * to them from then on. To {@link #act} and to {@link #watch} are for one thread each.
 */
public final class ShopperTraffic implements AutoCloseable {

  private final Shoppers shoppers;
  private final TopicsConfig topics;
  private final DemoStatistics statistics;
  private final AvroTopicWriter kafka;
  private final AvroTopicReader<Recommendation> recommendations;

  /**
   * @param connection to a Kafka that has the topics
   * @param statistics receives every action and recommendation
   */
  public ShopperTraffic(
      Shoppers shoppers,
      KafkaConnection connection,
      TopicsConfig topics,
      DemoStatistics statistics) {
    this.shoppers = shoppers;
    this.topics = topics;
    this.statistics = statistics;
    this.recommendations =
        new AvroTopicReader<>(connection, topics.recommendations(), Recommendation.class);
    // Before the first action, so that its answer is after this place.
    recommendations.seekToEnd();
    this.kafka = new AvroTopicWriter(connection, 0);
  }

  /** Publishes the shop's items, and waits until they are in Kafka. */
  public void publishCatalog() {
    for (ItemUpdate item : shoppers.catalog()) {
      send(item);
    }
    kafka.flush();
  }

  /** Sends each action when it is due; one that is behind is sent at once, and counts from then. */
  public void act(BooleanSupplier running) {
    long millisToNanos = System.nanoTime() - System.currentTimeMillis() * 1_000_000;
    while (running.getAsBoolean()) {
      long due = shoppers.nextDueMillis();
      long dueNanos = due * 1_000_000 + millisToNanos;
      long early = dueNanos - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(Math.min(early, 10_000_000));
        continue;
      }
      Shoppers.Step step = shoppers.next(System.currentTimeMillis());
      step.newItems().forEach(this::send);
      UserAction action = step.action();
      statistics.sent(action, dueNanos);
      kafka.send(
          topics.userActions(), action.getUser(), action.getEventTime().toEpochMilli(), action);
    }
  }

  private void send(ItemUpdate item) {
    kafka.send(topics.itemUpdates(), item.getItem(), item.getEventTime().toEpochMilli(), item);
  }

  /** Shows the shoppers what is recommended to them. */
  public void watch(BooleanSupplier running) throws IOException {
    while (running.getAsBoolean()) {
      recommendations.poll(
          recommendation -> {
            statistics.received(recommendation, System.nanoTime());
            shoppers.observe(recommendation);
          });
    }
  }

  /**
   * Closes the connections. Call it when no thread sends actions or reads recommendations any more.
   */
  @Override
  public void close() {
    kafka.close();
    recommendations.close();
  }
}
