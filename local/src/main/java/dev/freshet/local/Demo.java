package dev.freshet.local;

import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.demo.DemoDisplay;
import dev.freshet.local.demo.DemoStatistics;
import dev.freshet.local.demo.Shoppers;
import dev.freshet.schema.DeadLetter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Simulated shoppers act, the job answers, and the shoppers see the answers: everything through
 * Kafka, as in earnest.
 */
public final class Demo {

  /**
   * How the demo runs.
   *
   * @param shoppers how they act
   * @param maxDelay as in {@code watermark.max-delay}
   */
  public record Settings(Shoppers.Settings shoppers, int parallelism, String maxDelay) {}

  private final EmbeddedStack stack;
  private final Settings settings;
  private final FreshetConfig config;
  private final DemoStatistics statistics;
  private final BackgroundWork work = new BackgroundWork();
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
                "watermark.max-delay", settings.maxDelay(),
                "ranking.explanations", "true"));
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
    publishCatalog();
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    job = stack.flink().submit(env);
    stack.own(RunningStack.announce(stack));
    out.printf("Dashboard  %s%n", job.page());
    out.flush();
    job.awaitRunning();
    // Only now, or the first actions would be due before anyone can answer.
    Shoppers shoppers = new Shoppers(settings.shoppers(), System.currentTimeMillis());
    try (ShopperTraffic traffic =
        new ShopperTraffic(shoppers, stack.kafka(), config.topics(), statistics)) {
      work.start("demo-shoppers", () -> traffic.act(work::running));
      work.start("demo-recommendations", () -> traffic.watch(work::running));
      work.start("demo-sampler", this::sample);
      show(shoppers, duration);
    }
    work.check("The demo stopped early.");
  }

  /** Before the job begins, so that it knows every item when the first action comes. */
  private void publishCatalog() {
    Shoppers shop = new Shoppers(settings.shoppers(), System.currentTimeMillis());
    try (ShopperTraffic traffic =
        new ShopperTraffic(shop, stack.kafka(), config.topics(), statistics)) {
      traffic.publishCatalog();
    }
  }

  private void show(Shoppers shoppers, Optional<Duration> duration) throws Exception {
    try (DemoDisplay display =
        DemoDisplay.open(
            statistics,
            shoppers::title,
            job.page(),
            duration.orElse(null),
            new PrintStream(System.out, true))) {
      stack.own(display);
      if (duration.isPresent()) {
        work.await(duration.get());
      } else {
        work.await();
      }
    } finally {
      work.stop();
    }
  }

  /** What changes slowly is asked for now and then, away from the recommendations. */
  private void sample() throws IOException {
    try (AvroTopicReader<DeadLetter> deadLetters =
        new AvroTopicReader<>(stack.kafka(), config.topics().deadLetters(), DeadLetter.class)) {
      while (work.running()) {
        deadLetters.poll(letter -> statistics.deadLetter());
        watermarkLag = job.metric(RankOperator.NAME, RankOperator.WATERMARK_LAG);
        if (job.result().isDone()) {
          throw new IllegalStateException("The Flink job has ended.");
        }
      }
    }
  }
}
