package dev.freshet.local;

import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.demo.DemoDisplay;
import dev.freshet.local.demo.DemoStatistics;
import dev.freshet.local.demo.Shoppers;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Simulated shoppers act, the job answers, and the shoppers see the answers: everything through
 * Kafka, as in earnest.
 */
public final class Demo {

  /**
   * How the demo runs.
   *
   * @param rate actions per second
   * @param maxDelay as in {@code watermark.max-delay}
   * @param seed of the shoppers
   */
  public record Settings(double rate, int parallelism, String maxDelay, long seed) {}

  private final EmbeddedStack stack;
  private final Settings settings;
  private final FreshetConfig config;
  private final Shoppers shoppers;
  private final DemoStatistics statistics;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile EmbeddedFlink.Job job;
  private volatile OptionalDouble watermarkLag = OptionalDouble.empty();

  public Demo(EmbeddedStack stack, Settings settings) {
    this.stack = stack;
    this.settings = settings;
    this.config =
        FreshetConfig.of(
            Map.of(
                "kafka.bootstrap-servers", stack.kafka(),
                "redis.address", stack.redis(),
                "job.parallelism", String.valueOf(settings.parallelism()),
                "watermark.max-delay", settings.maxDelay()));
    this.shoppers =
        new Shoppers(
            Shoppers.Settings.of(settings.seed(), settings.rate()), System.currentTimeMillis());
    this.statistics = new DemoStatistics(System.nanoTime(), () -> watermarkLag);
  }

  /**
   * Runs the demo.
   *
   * @param duration how long; empty: until the process is stopped
   * @param out where lines go when there is no terminal
   */
  public void run(Optional<Duration> duration, PrintWriter out) throws Exception {
    stack.createTopics(config.topics());
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    job = stack.flink().submit(env);
    stack.own(RunningStack.announce(stack));
    out.printf("Dashboard  %s%n", job.page());
    out.flush();
    Thread producer = part("demo-shoppers", this::shop);
    Thread consumer = part("demo-recommendations", this::watch);
    Thread sampler = part("demo-sampler", this::sample);
    try (DemoDisplay display =
        DemoDisplay.open(
            statistics,
            shoppers::title,
            job.page(),
            duration.orElse(null),
            new PrintStream(System.out, true))) {
      stack.own(display);
      if (duration.isPresent()) {
        stopped.await(duration.get().toMillis(), TimeUnit.MILLISECONDS);
      } else {
        stopped.await();
      }
    } finally {
      stopped.countDown();
      producer.join();
      consumer.join();
      sampler.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("The demo stopped early.", failure.get());
    }
  }

  private interface Part {
    void run() throws IOException;
  }

  private Thread part(String name, Part part) {
    Thread thread =
        new Thread(
            () -> {
              try {
                part.run();
              } catch (IOException | RuntimeException e) {
                failure.compareAndSet(null, e);
              } finally {
                stopped.countDown();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private boolean running() {
    return stopped.getCount() > 0;
  }

  /** Sends each action when it is due; one that is behind is sent at once, and counts from then. */
  private void shop() {
    FreshetConfig.Topics topics = config.topics();
    try (AvroTopicWriter kafka = new AvroTopicWriter(stack.kafka(), 0)) {
      for (ItemUpdate item : shoppers.catalog()) {
        send(kafka, topics.itemUpdates(), item);
      }
      kafka.flush();
      long millisToNanos = System.nanoTime() - System.currentTimeMillis() * 1_000_000;
      while (running()) {
        long due = shoppers.nextDueMillis();
        long dueNanos = due * 1_000_000 + millisToNanos;
        long early = dueNanos - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(Math.min(early, 10_000_000));
          continue;
        }
        Shoppers.Step step = shoppers.next(System.currentTimeMillis());
        step.newItems().forEach(item -> send(kafka, topics.itemUpdates(), item));
        UserAction action = step.action();
        statistics.sent(action, dueNanos);
        kafka.send(
            topics.userActions(),
            action.getUser(),
            action.getEventTime().toEpochMilli(),
            action);
      }
    }
  }

  private static void send(AvroTopicWriter kafka, String topic, ItemUpdate item) {
    kafka.send(topic, item.getItem(), item.getEventTime().toEpochMilli(), item);
  }

  private void watch() throws IOException {
    try (AvroTopicReader<Recommendation> recommendations =
        new AvroTopicReader<>(
            stack.kafka(), config.topics().recommendations(), Recommendation.class)) {
      while (running()) {
        recommendations.poll(
            recommendation -> {
              statistics.received(recommendation, System.nanoTime());
              shoppers.observe(recommendation);
            });
      }
    }
  }

  /** What changes slowly is asked for now and then, away from the recommendations. */
  private void sample() throws IOException {
    try (AvroTopicReader<DeadLetter> deadLetters =
        new AvroTopicReader<>(stack.kafka(), config.topics().deadLetters(), DeadLetter.class)) {
      while (running()) {
        deadLetters.poll(letter -> statistics.deadLetter());
        watermarkLag = job.metric(RankOperator.NAME, RankOperator.WATERMARK_LAG);
        if (job.result().isDone()) {
          throw new IllegalStateException("The Flink job has ended.");
        }
      }
    }
  }
}
