package dev.freshet.bench;

import dev.freshet.bench.EndToEndResult.Job;
import dev.freshet.bench.EndToEndResult.Window;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Latency of the whole product beside a floor. All variants are started and warmed up first; then
 * they are measured in turns, in an order that rotates, so that what changes on the machine with
 * time favours none. Those that are not measured are stopped, so that they take nothing of the
 * machine.
 */
public final class EndToEndBench {

  private static final long SEED = 1;

  private final EndToEndSettings settings;
  private final Consumer<String> progress;
  private final List<RunningVariant> running = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();

  /** Variants that are so far behind that nothing more can be learned from them. */
  private final Set<String> givenUp = new HashSet<>();

  /**
   * @param progress receives each step as it begins, a line at a time
   */
  public EndToEndBench(EndToEndSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws BenchException if a process fails
   */
  public EndToEndResult run() throws IOException, InterruptedException {
    String started = Instant.now().toString();
    try (BenchStack stack = BenchStack.start(part -> progress.accept("Starting " + part))) {
      Machine machine = Machine.here(stack.redis().version());
      LoadDriver driver = new LoadDriver(stack);
      for (Variant variant : variants()) {
        start(stack, driver, variant);
      }
      for (RunningVariant variant : running) {
        warmUp(driver, variant);
      }
      int shift = 0;
      for (double rate : settings.rates()) {
        for (int repeat = 1; repeat <= settings.repeats(); repeat++) {
          for (RunningVariant variant : inTurn(running, shift++)) {
            measure(driver, variant, rate, repeat);
          }
        }
        giveUpThoseBehind(rate);
      }
      return EndToEndResult.of(
          started,
          machine,
          settings,
          running.stream()
              .map(
                  each ->
                      new Job(each.variant().name(), each.variant().maxDelay(), each.features()))
              .toList(),
          windows);
    }
  }

  private List<Variant> variants() {
    List<Variant> variants = new ArrayList<>();
    variants.add(Variant.floor(settings.candidates(), settings.parallelism()));
    for (String maxDelay : settings.maxDelays()) {
      variants.add(Variant.full(maxDelay, settings.candidates(), settings.parallelism()));
    }
    Variant first = variants.get(1);
    settings
        .also()
        .forEach((name, javaOptions) -> variants.add(first.withJavaOptions(name, javaOptions)));
    return variants;
  }

  /** The same, each time another one first. */
  static <T> List<T> inTurn(List<T> all, int shift) {
    List<T> turned = new ArrayList<>(all);
    Collections.rotate(turned, -shift);
    return turned;
  }

  private void start(BenchStack stack, LoadDriver driver, Variant variant)
      throws IOException, InterruptedException {
    progress.accept(
        String.format(
            Locale.ROOT,
            "Starting %s: a catalog of %,d items and %,d actions before",
            variant.name(),
            settings.items(),
            settings.history()));
    stack.connect(variant, new Traffic.Settings(settings.users(), settings.items(), true, SEED));
    String past = driver.writePast(variant, settings.history(), System.currentTimeMillis());
    RunningVariant started = stack.startJob(variant.withWholeHeap());
    running.add(started);
    driver.awaitPast(started, past, settings.history(), settings.items());
    started.flink().stop();
  }

  private void warmUp(LoadDriver driver, RunningVariant variant)
      throws IOException, InterruptedException {
    progress.accept(
        String.format(
            Locale.ROOT,
            "Warming up %s: %.0f s at %,.0f/s",
            variant.variant().name(),
            settings.warmUpSeconds(),
            settings.warmUpRate()));
    driver.measure(variant, settings.warmUpRate(), 0, settings.warmUpSeconds());
    variant.flink().stop();
  }

  private void measure(LoadDriver driver, RunningVariant variant, double rate, int repeat)
      throws IOException, InterruptedException {
    String name = variant.variant().name();
    Measured measured = null;
    if (!givenUp.contains(name)) {
      measured = driver.measure(variant, rate, settings.settleSeconds(), settings.seconds());
      variant.flink().stop();
      if (measured.missing() > 0 && !measured.sustained()) {
        givenUp.add(name); // what it has to catch up with would be in every later window
      }
    }
    windows.add(new Window(windows.size() + 1, rate, repeat, name, measured));
    int all = settings.rates().size() * settings.repeats() * running.size();
    progress.accept(
        String.format(Locale.ROOT, "%3d of %d  ", windows.size(), all)
            + line(rate, name, measured));
  }

  private static String line(double rate, String name, Measured measured) {
    String what = String.format(Locale.ROOT, "%,8.0f/s  %-12s", rate, name);
    if (measured == null) {
      return what + "  left out: it did not keep up before";
    }
    Latency latency = measured.latencyMillis();
    return (latency.count() == 0
            ? what
            : String.format(
                Locale.ROOT,
                "%s  p50 %8.2f  p99 %8.2f  p99.9 %8.2f ms",
                what,
                latency.p50(),
                latency.p99(),
                latency.p999()))
        + (measured.sustained() ? "" : "  DID NOT KEEP UP")
        + (measured.missing() == 0
            ? ""
            : String.format(Locale.ROOT, "  %,d NOT ANSWERED", measured.missing()));
  }

  /** Who didn't keep up in most windows of a rate won't at a higher one. */
  private void giveUpThoseBehind(double rate) {
    for (RunningVariant variant : running) {
      String name = variant.variant().name();
      long behind =
          windows.stream()
              .filter(each -> each.rate() == rate && each.variant().equals(name))
              .filter(each -> each.measured() != null && !each.measured().sustained())
              .count();
      if (behind * 2 > settings.repeats()) {
        givenUp.add(name);
      }
    }
  }
}
