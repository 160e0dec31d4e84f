package dev.freshet.bench.jmh;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.shopper.BackgroundWork;
import dev.freshet.client.shopper.Shoppers;
import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.EmbeddedFlink;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankingExample;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * How much later lists come while models are swapped. The job runs on an embedded Kafka, Redis and
 * Flink at a fixed rate of actions, which nothing holds back; windows with and without swaps take
 * turns, so that noise of the machine hits both alike. A latency is from when an action was to be
 * sent until its list was read.
 *
 * <p>A swap is what it is in earnest: a new model is published, so the job checks, opens and warms
 * it up, and a second later the plan lets it serve.
 *
 * <p>Arguments, all optional and in this order: actions a second (500), seconds of a window (6),
 * pairs of windows (10), swaps in all (100), seconds of warming up (60).
 */
public final class ModelSwapLatency {

  /** Between the publication of a model and its first list. */
  private static final long LEAD_MILLIS = 1_000;

  private static final long LOST_AFTER_SECONDS = 30;
  private static final String MODEL = "default";
  private static final int[] HIDDEN = {32, 16};

  /**
   * What is measured.
   *
   * @param rate actions a second
   * @param windowSeconds length of a window
   * @param pairs windows with swaps, and as many without
   * @param swaps in all windows together
   * @param warmUpSeconds before the first window, swaps included
   */
  record Settings(int rate, int windowSeconds, int pairs, int swaps, int warmUpSeconds) {
    int warmUpSwaps() {
      return swaps / 3;
    }
  }

  /** Latencies of the actions that were to be sent within a window. */
  private static final class Window {
    private final boolean swapping;
    private final Histogram micros = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);

    Window(boolean swapping) {
      this.swapping = swapping;
    }

    double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1_000.0;
    }

    synchronized void record(long nanos) {
      micros.recordValue(Math.min(nanos / 1_000, micros.getHighestTrackableValue()));
    }
  }

  /** An action that isn't answered yet. */
  private record Sent(long intendedNanos, Window window) {}

  private final Settings settings;
  private final EmbeddedStack stack;
  private final FreshetConfig config;
  private final ConcurrentMap<String, Sent> unanswered = new ConcurrentHashMap<>();
  private final Map<String, Boolean> versionsSeen = new ConcurrentHashMap<>();
  private volatile Window window;

  /** Made before, as making and checking them is not the job's work. */
  private final Deque<ModelBundle> models = new ArrayDeque<>();

  private int published;
  private ServingPlan plan = ServingPlan.empty(MODEL);

  private ModelSwapLatency(Settings settings, EmbeddedStack stack) {
    this.settings = settings;
    this.stack = stack;
    this.config =
        FreshetConfig.of(
            Map.of("kafka.bootstrap-servers", stack.kafka(), "redis.address", stack.redis()));
  }

  public static void main(String[] arguments) throws Exception {
    int[] given = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    int[] all = {500, 6, 10, 100, 60};
    System.arraycopy(given, 0, all, 0, given.length);
    measure(new Settings(all[0], all[1], all[2], all[3], all[4])).forEach(System.out::println);
  }

  /** Measures, and returns the lines of a report. */
  static List<String> measure(Settings settings) throws Exception {
    try (EmbeddedStack stack = EmbeddedStack.start(1, part -> {})) {
      return new ModelSwapLatency(settings, stack).run();
    }
  }

  private List<String> run() throws Exception {
    makeModels();
    stack.createTopics(config);
    Shoppers shoppers =
        new Shoppers(Shoppers.Settings.of(42, settings.rate), System.currentTimeMillis());
    try (AvroTopicWriter writer = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0)) {
      shoppers
          .catalog()
          .forEach(
              item ->
                  writer.send(
                      config.topics().itemUpdates(),
                      item.getItem(),
                      item.getEventTime().toEpochMilli(),
                      item));
      writer.flush();
    }
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    EmbeddedFlink.Job job = stack.flink().submit(env);
    job.awaitRunning();
    List<Window> windows = new ArrayList<>();
    BackgroundWork work = new BackgroundWork();
    window = new Window(true);
    work.start("actions", () -> act(shoppers, work));
    work.start("recommendations", () -> read(work));
    try (AvroTopicWriter control = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0)) {
      swap(control, TimeUnit.SECONDS.toNanos(settings.warmUpSeconds), settings.warmUpSwaps());
      for (int pair = 0; pair < settings.pairs; pair++) {
        // In turn first without, first with: what gets better or worse in time favours neither.
        measure(control, windows, pair, pair % 2 == 1);
        measure(control, windows, pair, pair % 2 == 0);
      }
    }
    // The last window's answers.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOST_AFTER_SECONDS);
    window = new Window(false);
    while (work.running() && unansweredOf(windows) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    work.stop();
    work.check("The measurement stopped early.");
    if (unansweredOf(windows)) {
      throw new IllegalStateException("Actions were not answered");
    }
    return report(windows, job);
  }

  private boolean unansweredOf(List<Window> windows) {
    return unanswered.values().stream().anyMatch(sent -> windows.contains(sent.window));
  }

  private void measure(AvroTopicWriter control, List<Window> windows, int pair, boolean swapping) {
    int swaps =
        swapping
            ? settings.swaps * (pair + 1) / settings.pairs - settings.swaps * pair / settings.pairs
            : 0;
    Window measured = new Window(swapping);
    windows.add(measured);
    window = measured;
    swap(control, TimeUnit.SECONDS.toNanos(settings.windowSeconds), swaps);
  }

  /** Lasts so long, and has as many swaps evenly within it, publication and activation. */
  private void swap(AvroTopicWriter control, long nanos, int swaps) {
    long start = System.nanoTime();
    long within = nanos - TimeUnit.MILLISECONDS.toNanos(LEAD_MILLIS + 200);
    for (int swap = 0; swap < swaps; swap++) {
      parkUntil(start + within * swap / swaps);
      publish(control, models.remove());
    }
    parkUntil(start + nanos);
  }

  private void makeModels() throws ModelRejectedException {
    List<String> features = RankingFeatures.NAMES;
    float[] rows = new float[100 * features.size()];
    SplittableRandom random = new SplittableRandom(1);
    for (int value = 0; value < rows.length; value++) {
      rows[value] = (float) random.nextDouble(0, 3);
    }
    RankingExample example = new RankingExample(rows, 100, new float[100]);
    for (int version = 0; version < settings.swaps + settings.warmUpSwaps(); version++) {
      MlpRanker ranker = new MlpRanker(features.size(), HIDDEN, version);
      ranker.observe(example);
      models.add(
          ModelBundle.of(
              OnnxExport.toOnnx(
                  ranker,
                  new ModelMetadata(
                      MODEL, "v" + version, features, Optional.empty(), new TreeMap<>()))));
    }
  }

  private void publish(AvroTopicWriter control, ModelBundle model) {
    published++;
    Instant now = Instant.now();
    send(
        control,
        new ModelRecord(
            ModelRelease.newBuilder()
                .setName(model.name())
                .setVersion(model.version())
                .setSha256(model.sha256())
                .setOnnx(ByteBuffer.wrap(model.onnx()))
                .setFeatureNames(model.featureNames())
                .setLineage(model.lineage())
                .setPublishedTime(now)
                .build()));
    plan = plan.then(ServingPlan.Step.of(now.toEpochMilli() + LEAD_MILLIS, model.version()));
    send(control, new ModelRecord(ModelPlans.record(plan, null, "measured", now)));
  }

  private void send(AvroTopicWriter control, ModelRecord record) {
    control.send(config.topics().models(), ModelKeys.of(record), -1, record);
    control.flush();
  }

  private static void parkUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Sends each action when it is due, or as soon as possible; it counts from when it was due. */
  private void act(Shoppers shoppers, BackgroundWork work) {
    String topic = config.topics().userActions();
    long start = System.nanoTime();
    try (AvroTopicWriter writer = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 0)) {
      for (long number = 0; work.running(); number++) {
        long due = start + number * TimeUnit.SECONDS.toNanos(1) / settings.rate;
        parkUntil(due);
        UserAction action = shoppers.next(System.currentTimeMillis()).action();
        unanswered.put(action.getEventId(), new Sent(due, window));
        writer.send(topic, action.getUser(), action.getEventTime().toEpochMilli(), action);
      }
    }
  }

  private void read(BackgroundWork work) throws IOException {
    try (AvroTopicReader<Recommendation> reader =
        new AvroTopicReader<>(
            KafkaConnection.plain(stack.kafka()),
            config.topics().recommendations(),
            Recommendation.class)) {
      while (work.running()) {
        reader.poll(
            list -> {
              Sent sent = unanswered.remove(list.getEventId());
              if (sent == null) {
                throw new IllegalStateException("A second list for " + list.getEventId());
              }
              sent.window.record(System.nanoTime() - sent.intendedNanos);
              versionsSeen.put(list.getModelVersion(), true);
            });
      }
    }
  }

  private List<String> report(List<Window> windows, EmbeddedFlink.Job job) {
    List<String> lines = new ArrayList<>();
    lines.add("| window | lists | p50 | p99 | p99.9 | longest |");
    lines.add("|---|---|---|---|---|---|");
    for (Window each : windows) {
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %.2f ms | %.2f ms | %.2f ms | %.2f ms |",
              each.swapping ? "swapping" : "without swaps",
              each.micros.getTotalCount(),
              each.millis(50),
              each.millis(99),
              each.millis(99.9),
              each.millis(100)));
    }
    double[] with = percentiles(windows, true);
    double[] without = percentiles(windows, false);
    lines.add(
        String.format(
            Locale.ROOT,
            "median of windows: p50 %.2f with, %.2f ms without swaps, ratio %.2f; p99 %.2f with,"
                + " %.2f ms without, ratio %.2f",
            with[0],
            without[0],
            with[0] / without[0],
            with[1],
            without[1],
            with[1] / without[1]));
    lines.add(
        String.format(
            Locale.ROOT,
            "median of the pairs' ratios: p50 %.2f, p99 %.2f",
            medianRatio(windows, 50),
            medianRatio(windows, 99)));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d models published, %d versions served, %s lists by an earlier version as one wasn't"
                + " loaded; load of the machine %.1f",
            published,
            versionsSeen.size(),
            job.metric(RankOperator.NAME, "models_not_ready").stream()
                .mapToObj(count -> String.format(Locale.ROOT, "%.0f", count))
                .findFirst()
                .orElse("unknown"),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    return lines;
  }

  /** What swaps do to windows side by side, so that slow changes of the machine have no part. */
  private static double medianRatio(List<Window> windows, double percentile) {
    double[] ratios = new double[windows.size() / 2];
    for (int pair = 0; pair < ratios.length; pair++) {
      Window one = windows.get(2 * pair);
      Window other = windows.get(2 * pair + 1);
      double ratio = one.millis(percentile) / other.millis(percentile);
      ratios[pair] = one.swapping ? ratio : 1 / ratio;
    }
    Arrays.sort(ratios);
    return ratios[ratios.length / 2];
  }

  /** Medians of the windows' 50th and 99th percentiles, in ms. */
  private static double[] percentiles(List<Window> windows, boolean swapping) {
    return new double[] {median(windows, swapping, 50), median(windows, swapping, 99)};
  }

  private static double median(List<Window> windows, boolean swapping, double percentile) {
    double[] sorted =
        windows.stream()
            .filter(each -> each.swapping == swapping)
            .mapToDouble(each -> each.millis(percentile))
            .sorted()
            .toArray();
    return sorted[sorted.length / 2];
  }
}
