package dev.freshet.cli;

import dev.freshet.client.shopper.BackgroundWork;
import dev.freshet.client.shopper.DemoStatistics;
import dev.freshet.client.shopper.DemoStatistics.Snapshot;
import dev.freshet.client.shopper.ShopperTraffic;
import dev.freshet.client.shopper.Shoppers;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet produce}. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    description =
        "Lets simulated shoppers act on a Kafka and see the recommendations that come back. The job"
            + " that recommends runs elsewhere.",
    footerHeading = "%nExample:%n",
    footer = "  ./freshet produce --kafka broker:9092 --rate 500 --duration 10m")
final class ProduceCommand implements Callable<Integer> {

  private static final Duration STATUS_EVERY = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Mixin private ShopperOptions options;

  @Mixin private Connection connection;

  @Option(names = "--create-topics", description = "Creates the topics that are missing, first.")
  private boolean createTopics;

  @Override
  public Integer call() throws Exception {
    Shoppers.Settings settings = options.shoppers();
    FreshetConfig config = connection.config();
    KafkaConnection kafka = KafkaConnection.of(config);
    if (createTopics) {
      TopicCreation.createMissing(
          kafka,
          TopicPlan.service(config.topics().byKey(), TopicPlan.PARTITIONS, (short) -1, null));
    }
    // Kafka would create a missing topic by itself, with other settings.
    KafkaTopics.check(config);
    long startNanos = System.nanoTime();
    Shoppers shoppers = new Shoppers(settings, System.currentTimeMillis());
    DemoStatistics statistics = new DemoStatistics(startNanos, OptionalDouble::empty);
    BackgroundWork work = new BackgroundWork();
    try (ShopperTraffic traffic =
        new ShopperTraffic(shoppers, kafka, config.topics(), statistics)) {
      traffic.publishCatalog();
      work.start("shoppers", () -> traffic.act(work::running));
      work.start("recommendations", () -> traffic.watch(work::running));
      try {
        report(work, statistics, startNanos);
      } finally {
        work.stop();
      }
      print(statistics, startNanos);
    }
    work.check("The shoppers stopped early.");
    return 0;
  }

  private void report(BackgroundWork work, DemoStatistics statistics, long startNanos)
      throws InterruptedException {
    long endNanos =
        options.duration().map(duration -> startNanos + duration.toNanos()).orElse(Long.MAX_VALUE);
    while (work.running()) {
      Duration left = Duration.ofNanos(endNanos - System.nanoTime());
      if (left.compareTo(STATUS_EVERY) <= 0) {
        work.await(left);
        return;
      }
      work.await(STATUS_EVERY);
      print(statistics, startNanos);
    }
  }

  private void print(DemoStatistics statistics, long startNanos) {
    PrintWriter out = spec.commandLine().getOut();
    long now = System.nanoTime();
    out.println(line(statistics.snapshot(now), Duration.ofNanos(now - startNanos)));
    out.flush();
  }

  private static String line(Snapshot now, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d  %,d actions (%,.0f/s)  %,d recommendations (%,.0f/s)  %,d unanswered"
            + "  p50 %s  p99 %s  hit rate@%d %s  %,d clicks",
        elapsed.toMinutes(),
        elapsed.toSecondsPart(),
        now.actions(),
        now.actionsPerSecond(),
        now.recommendations(),
        now.recommendationsPerSecond(),
        now.unanswered(),
        figure(now.p50Millis(), 1, " ms"),
        figure(now.p99Millis(), 1, " ms"),
        DemoStatistics.CUTOFF,
        figure(now.hitRate(), 100, "%"),
        now.clicks());
  }

  private static String figure(OptionalDouble value, double factor, String unit) {
    return value.isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.1f%s", value.getAsDouble() * factor, unit);
  }
}
