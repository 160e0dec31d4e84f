package dev.freshet.local.demo;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.RunningStack;
import dev.freshet.client.model.ModelControl;
import dev.freshet.client.model.PlanChange;
import dev.freshet.client.model.UntrainedModel;
import dev.freshet.client.shopper.BackgroundWork;
import dev.freshet.client.shopper.DemoStatistics;
import dev.freshet.client.shopper.ShopperTraffic;
import dev.freshet.client.shopper.Shoppers;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.TrainingJob;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.EmbeddedFlink;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.DeadLetter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
   * @param shoppers how they act
   * @param maxDelay as in {@code watermark.max-delay}
   * @param learn whether the demo begins with a model that has learned nothing, and a second job
   *     learns; otherwise the bundled model serves
   * @param tasteShift after how long the shoppers take to other things, and again after as long;
   *     empty: never
   */
  public record Settings(
      Shoppers.Settings shoppers,
      int parallelism,
      String maxDelay,
      boolean learn,
      Optional<Duration> tasteShift) {}

  private static final String UNTRAINED = "untrained";

  private final EmbeddedStack stack;
  private final Settings settings;
  private final FreshetConfig config;
  private final DemoStatistics statistics;
  private final BackgroundWork work = new BackgroundWork();
  private volatile EmbeddedFlink.Job job;

  /** Null: nothing is learned. */
  private volatile EmbeddedFlink.Job learning;

  private volatile OptionalDouble watermarkLag = OptionalDouble.empty();

  public Demo(EmbeddedStack stack, Settings settings) {
    this.stack = stack;
    this.settings = settings;
    this.config = FreshetConfig.of(configuration(stack, settings));
    this.statistics = new DemoStatistics(System.nanoTime(), () -> watermarkLag);
  }

  private static Map<String, String> configuration(EmbeddedStack stack, Settings settings) {
    Map<String, String> keys = new HashMap<>();
    keys.put("kafka.bootstrap-servers", stack.kafka());
    keys.put("redis.address", stack.redis());
    keys.put("job.parallelism", String.valueOf(settings.parallelism()));
    keys.put("watermark.max-delay", settings.maxDelay());
    keys.put("ranking.explanations", "true");
    if (settings.learn()) {
      keys.put("training.examples", "true");
      keys.put("training.negatives", "60");
      keys.put("learning.every", "10s");
      keys.put("learning.max-delay", "1s");
      keys.put("learning.lead", "3s");
    }
    return keys;
  }

  /**
   * Runs the demo.
   *
   * @param duration how long; empty: until the process is stopped
   * @param out where lines go when there is no terminal
   */
  public void run(Optional<Duration> duration, PrintWriter out) throws Exception {
    stack.createTopics(config);
    publishCatalog();
    if (settings.learn()) {
      beginUntrained();
    }
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    job = stack.flink().submit(env);
    stack.own(RunningStack.announce(stack.kafka(), stack.redis(), stack.flink().dashboard()));
    out.printf("Dashboard  %s%n", job.page());
    out.flush();
    job.awaitRunning();
    if (settings.learn()) {
      learn(out);
    }
    // Only now, or the first actions would be due before anyone can answer.
    Shoppers shoppers = new Shoppers(settings.shoppers(), System.currentTimeMillis());
    try (ShopperTraffic traffic =
        new ShopperTraffic(
            shoppers, KafkaConnection.plain(stack.kafka()), config.topics(), statistics)) {
      work.start("demo-shoppers", () -> traffic.act(work::running));
      work.start("demo-recommendations", () -> traffic.watch(work::running));
      work.start("demo-sampler", this::sample);
      settings
          .tasteShift()
          .ifPresent(every -> work.start("demo-fashion", () -> shiftTastes(shoppers, every)));
      show(shoppers, duration);
    }
    work.check("The demo stopped early.");
  }

  /** What serves until something is learned. */
  private void beginUntrained() {
    ModelControl control = new ModelControl(config, BundledCatalog.of(config), Clock.systemUTC());
    String model = config.learning().model();
    control.publish(control.check(UntrainedModel.onnx(model, UNTRAINED)));
    control.change(
        model,
        "the demo begins with it",
        contents -> new PlanChange(contents, model, 0, false).activate(UNTRAINED));
  }

  /** Starts the second job. */
  private void learn(PrintWriter out) throws Exception {
    StreamExecutionEnvironment env =
        stack.flink().environment(TrainingJob.flinkConfiguration(config));
    TrainingJob.define(env, config);
    learning = stack.flink().submit(env);
    out.printf("Learning   %s%n", learning.page());
    out.flush();
    learning.awaitRunning();
  }

  private void shiftTastes(Shoppers shoppers, Duration every) {
    long due = System.nanoTime() + every.toNanos();
    while (work.running()) {
      if (System.nanoTime() >= due) {
        shoppers.shiftTastes();
        statistics.shifted(System.nanoTime());
        due += every.toNanos();
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** Before the job begins, so that it knows every item when the first action comes. */
  private void publishCatalog() {
    Shoppers shop = new Shoppers(settings.shoppers(), System.currentTimeMillis());
    try (ShopperTraffic traffic =
        new ShopperTraffic(
            shop, KafkaConnection.plain(stack.kafka()), config.topics(), statistics)) {
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
        new AvroTopicReader<>(
            KafkaConnection.plain(stack.kafka()),
            config.topics().deadLetters(),
            DeadLetter.class)) {
      while (work.running()) {
        deadLetters.poll(letter -> statistics.deadLetter());
        watermarkLag = job.metric(RankOperator.NAME, RankOperator.WATERMARK_LAG);
        if (job.result().isDone() || (learning != null && learning.result().isDone())) {
          throw new IllegalStateException("A Flink job has ended.");
        }
      }
    }
  }
}
