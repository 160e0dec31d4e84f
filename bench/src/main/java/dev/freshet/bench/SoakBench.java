package dev.freshet.bench;

import dev.freshet.bench.ProcessUsage.Taken;
import dev.freshet.bench.SoakResult.Sample;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Hours of steady load, to see whether anything grows. Users and items are fixed, and were all
 * there before: what grows after the warm-up grows for another reason.
 */
public final class SoakBench {

  private static final long SEED = 1;
  private static final double MEGABYTE = 1e6;

  /** Number of samples between two progress lines. */
  private static final int SAMPLES_PER_LINE = 6;

  private final SoakSettings settings;
  private final Consumer<String> progress;
  private final List<Sample> samples = new ArrayList<>();

  /** When the job's heap will next be collected as a whole, in seconds since the load began. */
  private double nextCollection;

  /**
   * @param progress receives the figures as they come, a line at a time
   */
  public SoakBench(SoakSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Runs the load.
   *
   * @throws BenchException if a process fails
   */
  public SoakResult run() throws IOException, InterruptedException {
    String started = Instant.now().toString();
    try (BenchStack stack = BenchStack.start(part -> progress.accept("Starting " + part))) {
      Machine machine = Machine.here(stack.redis().version());
      LoadDriver driver = new LoadDriver(stack);
      Variant variant =
          Variant.full(settings.maxDelay(), settings.candidates(), settings.parallelism());
      progress.accept(
          String.format(
              Locale.ROOT,
              "Starting %s: a catalog of %,d items and %,d actions before",
              variant.name(),
              settings.items(),
              settings.history()));
      stack.connect(variant, new Traffic.Settings(settings.users(), settings.items(), false, SEED));
      String past = driver.writePast(variant, settings.history(), System.currentTimeMillis());
      RunningVariant running = stack.startJob(variant);
      driver.awaitPast(running, past, settings.history(), settings.items());
      progress.accept(
          String.format(
              Locale.ROOT,
              "Load at %,.0f/s: %.1f minutes to warm up and %.2f hours that count",
              settings.rate(),
              settings.warmUpSeconds() / 60,
              settings.hours()));
      Orders.Loaded loaded =
          driver.load(
              running,
              settings.rate(),
              settings.seconds(),
              settings.everySeconds(),
              interval -> sample(stack, running, interval));
      return new SoakResult(
          "soak",
          started,
          machine,
          settings,
          running.features(),
          loaded.actions(),
          loaded.missing(),
          loaded.repeated(),
          List.copyOf(samples),
          SoakResult.trends(samples));
    }
  }

  private void sample(BenchStack stack, RunningVariant running, Orders.Interval interval)
      throws InterruptedException {
    if (interval.atSeconds() >= nextCollection) {
      // What is dead and old may lie there for an hour, and would look like growth.
      running.flink().ask("collect", null, BenchStack.SOON);
      // A little more often than once a block, so that none is without.
      nextCollection = interval.atSeconds() + 0.75 * settings.secondsOfABlock();
    }
    Taken took = LoadDriver.usage(running.flink());
    Orders.Done done =
        ChildProcess.as(running.flink().ask("look", null, BenchStack.SOON), Orders.Done.class);
    Latency lag = lag(done);
    Sample sample =
        new Sample(
            interval.atSeconds(),
            interval.atSeconds() < settings.warmUpSeconds(),
            interval.sent(),
            interval.answered(),
            megabytes(took.heapAfterGcBytes()),
            megabytes(took.residentBytes()),
            megabytes(done.stateBytes()),
            done.replicaItems(),
            megabytes(done.replicaBytes()),
            megabytes(stack.redis().memoryBytes()),
            interval.latency().p50(),
            interval.latency().p99(),
            lag.p50(),
            lag.p99(),
            done.lists() == 0 ? 0 : (double) done.late() / done.lists(),
            took.cpuPerSecond(),
            took.longestPauseMillis());
    samples.add(sample);
    if (samples.size() % SAMPLES_PER_LINE == 0) {
      progress.accept(line(sample));
    }
  }

  private static Latency lag(Orders.Done done) {
    if (done.watermarkLagMillis().isEmpty()) {
      return Latency.NONE;
    }
    Histogram millis = Latency.decode(done.watermarkLagMillis());
    return Latency.ofMillis(millis);
  }

  /** NaN where there is none. */
  private static double megabytes(long bytes) {
    return bytes < 0 ? Double.NaN : bytes / MEGABYTE;
  }

  private static String line(Sample sample) {
    return String.format(
        Locale.ROOT,
        "%s %6.1f min  p50 %.1f  p99 %.1f ms  heap %.0f  RSS %.0f  state %.1f  replica %.1f  Redis %.1f MB",
        sample.warmUp() ? "warm-up" : "soak   ",
        sample.seconds() / 60,
        sample.p50(),
        sample.p99(),
        sample.heapMegabytes(),
        sample.residentMegabytes(),
        sample.stateMegabytes(),
        sample.replicaMegabytes(),
        sample.redisMegabytes());
  }
}
