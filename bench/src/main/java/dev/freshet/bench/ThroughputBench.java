package dev.freshet.bench;

import dev.freshet.bench.ProcessUsage.Taken;
import dev.freshet.bench.ThroughputResult.DrainResult;
import dev.freshet.bench.ThroughputResult.PointResult;
import dev.freshet.bench.ThroughputSettings.Point;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * How many lists a second the product makes when there is enough to do, as after an outage: the job
 * is stopped with a checkpoint, a backlog is written, and the job goes on from the checkpoint. Its
 * process stays, so that Java is warm. Backlogs follow each other in event time and lie in the
 * past, as the backlog of an outage does.
 */
public final class ThroughputBench {

  private static final long SEED = 1;

  /** Actions a second of event time: how densely a backlog lies. */
  private static final double EVENT_RATE = 1_000;

  /** Between the last backlog's end and now, so that nothing is of the future. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** Of what a drain has shown to be possible, the paced search begins with this share. */
  private static final double FIRST_SHARE = 0.4;

  private static final double SETTLE_SECONDS = 3;

  private final ThroughputSettings settings;
  private final Consumer<String> progress;

  /**
   * @param progress receives each step as it begins, a line at a time
   */
  public ThroughputBench(ThroughputSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws BenchException if a process fails
   */
  public ThroughputResult run() throws IOException, InterruptedException {
    String started = Instant.now().toString();
    try (BenchStack stack = BenchStack.start(part -> progress.accept("Starting " + part))) {
      Machine machine = Machine.here(stack.redis().version());
      LoadDriver driver = new LoadDriver(stack);
      List<PointResult> results = new ArrayList<>();
      for (Point point : settings.points()) {
        for (String maxDelay : settings.maxDelays()) {
          Variant variant =
              Variant.full(maxDelay, point.candidates(), point.parallelism())
                  .withStateBackend(point.stateBackend())
                  .withPrefix("p" + (results.size() + 1) + "-" + maxDelay);
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "%,d candidates, %,d items, %,d users, parallelism %d, %s, %s",
                  point.candidates(),
                  point.items(),
                  point.users(),
                  point.parallelism(),
                  point.stateBackend().label(),
                  variant.name()));
          results.add(new OfPoint(stack, driver, point, variant).measure());
        }
      }
      return new ThroughputResult("throughput", started, machine, settings, results);
    }
  }

  /** The measurement of one point with one delay. */
  private final class OfPoint {
    private final BenchStack stack;
    private final LoadDriver driver;
    private final Point point;
    private final Variant variant;

    /** Event time of the next backlog. */
    private long nextMillis;

    OfPoint(BenchStack stack, LoadDriver driver, Point point, Variant variant) {
      this.stack = stack;
      this.driver = driver;
      this.point = point;
      this.variant = variant;
    }

    PointResult measure() throws IOException, InterruptedException {
      int drains = settings.warmUps() + settings.drains();
      nextMillis = System.currentTimeMillis() - MARGIN.toMillis() - drains * backlogMillis();
      stack.connect(variant, new Traffic.Settings(point.users(), point.items(), true, SEED));
      String past = driver.writePast(variant, settings.history(), nextMillis);
      RunningVariant running = stack.startJob(variant.withWholeHeap());
      try {
        driver.awaitPast(running, past, settings.history(), point.items());
        List<DrainResult> results = new ArrayList<>();
        for (int drain = 0; drain < drains; drain++) {
          results.add(drain(running, drain < settings.warmUps()));
        }
        ThroughputResult.Paced paced = null;
        if (settings.pacing().isPresent()) {
          paced =
              paced(
                  running,
                  settings.pacing().get(),
                  results.get(results.size() - 1).listsPerSecond() * FIRST_SHARE);
        }
        return PointResult.of(point, variant.maxDelay(), running.features(), results, paced);
      } finally {
        stack.end(running);
      }
    }

    private long backlogMillis() {
      return Math.round(settings.backlog() / EVENT_RATE * 1_000);
    }

    private DrainResult drain(RunningVariant running, boolean warmUp) throws InterruptedException {
      ChildProcess flink = running.flink();
      flink.ask("halt", null, BenchStack.PATIENT);
      String backlog = driver.writeBacklog(variant, settings.backlog(), nextMillis, EVENT_RATE);
      nextMillis += backlogMillis();
      double[] redis = new double[1];
      Orders.Drained drained =
          driver.drain(
              variant,
              backlog,
              settings.backlog(),
              BenchStack.PATIENT,
              () -> {
                flink.ask("resume", null, BenchStack.PATIENT);
                LoadDriver.usage(flink);
                LoadDriver.usage(stack.broker());
                LoadDriver.usage(stack.generator());
                redis[0] = stack.redis().cpuSeconds();
              });
      Taken took = LoadDriver.usage(flink);
      Taken broker = LoadDriver.usage(stack.broker());
      Taken generator = LoadDriver.usage(stack.generator());
      double redisTook = stack.redis().cpuSeconds() - redis[0];
      Orders.Done done =
          ChildProcess.as(flink.ask("look", null, BenchStack.SOON), Orders.Done.class);
      DrainResult result =
          new DrainResult(
              warmUp,
              drained.actions(),
              drained.missing(),
              drained.repeated(),
              drained.seconds(),
              (drained.actions() - 1) / drained.seconds(),
              drained.middle() / drained.middleSeconds(),
              done.candidates(),
              done.rankMicros(),
              done.onnxMicros(),
              new Measured.Cpu(
                  took.cpuPerSecond(),
                  broker.cpuPerSecond(),
                  redisTook / took.seconds(),
                  generator.cpuPerSecond()),
              1_000 * took.cpuSeconds() / drained.actions(),
              took.allocatedBytes() / took.seconds() / 1e6,
              Measured.Pauses.of(took),
              done.replicaBytes(),
              done.stateBytes());
      progress.accept(
          String.format(
              Locale.ROOT,
              "  %s: %,.0f lists/s%s",
              warmUp ? "warming up" : "drained",
              result.listsPerSecond(),
              result.missing() == 0 ? "" : "  " + result.missing() + " NOT ANSWERED"));
      return result;
    }

    private ThroughputResult.Paced paced(
        RunningVariant running, ThroughputSettings.Paced pacing, double first)
        throws IOException, InterruptedException {
      RateSearch search = new RateSearch(first);
      List<Measured> windows = new ArrayList<>();
      for (OptionalDouble next = search.next(); next.isPresent(); next = search.next()) {
        double rate = next.getAsDouble();
        Measured window = driver.measure(running, rate, SETTLE_SECONDS, pacing.seconds());
        windows.add(window);
        boolean within =
            window.sustained()
                && window.missing() == 0
                && window.latencyMillis().p99() <= pacing.boundMillis();
        search.tried(rate, within);
        progress.accept(
            String.format(
                Locale.ROOT,
                "  paced at %,.0f/s: p99 %.1f ms, %s",
                rate,
                window.latencyMillis().p99(),
                within ? "within the bound" : "beyond the bound"));
      }
      return new ThroughputResult.Paced(search.highest(), windows);
    }
  }
}
