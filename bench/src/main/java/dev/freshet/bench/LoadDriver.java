package dev.freshet.bench;

import dev.freshet.bench.ProcessUsage.Taken;
import dev.freshet.config.FreshetConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Has the generator put a variant under load, and looks at all processes meanwhile. */
final class LoadDriver {

  /** For the answers to a window's last actions. */
  private static final double LEAST_WAIT_SECONDS = 10;

  private static final Duration CATALOG_POLL = Duration.ofMillis(200);

  private final BenchStack stack;
  private int windows;

  LoadDriver(BenchStack stack) {
    this.stack = stack;
  }

  /**
   * Writes the catalog and what was before the measurement. To be called before the job is started,
   * so that it finds both as it would after a day's rest.
   *
   * @param endMillis when the past is over, in milliseconds since 1970-01-01T00:00:00Z
   * @return the name of its actions, for {@link #awaitPast}
   */
  String writePast(Variant variant, int actions, long endMillis) throws InterruptedException {
    String window = nextWindow();
    stack
        .generator()
        .ask(
            "past",
            new Orders.Past(variant.prefix(), window, actions, endMillis),
            BenchStack.PATIENT);
    return window;
  }

  /**
   * Waits until a job has taken in what was before, which is not measured: it has answered the
   * actions, and all of its subtasks know all items.
   */
  void awaitPast(RunningVariant running, String window, int actions, int items)
      throws InterruptedException {
    Variant variant = running.variant();
    Orders.Drained drained = drain(variant, window, actions, BenchStack.PATIENT, () -> {});
    if (drained.missing() > 0) {
      throw new BenchException(
          "%s: %d of the %d actions before the measurement were not answered within %d minutes."
              .formatted(
                  variant.name(), drained.missing(), actions, BenchStack.PATIENT.toMinutes()));
    }
    // Of more items than it may know, ranking forgets some time and again.
    if (!variant.floor() && items <= FreshetConfig.defaults().ranking().maxItems()) {
      awaitCatalog(running, items);
    }
  }

  private void awaitCatalog(RunningVariant running, int items) throws InterruptedException {
    Variant variant = running.variant();
    long known = (long) items * variant.parallelism();
    long deadline = System.nanoTime() + BenchStack.PATIENT.toNanos();
    while (true) {
      Orders.Done done =
          ChildProcess.as(running.flink().ask("look", null, BenchStack.SOON), Orders.Done.class);
      if (done.replicaItems() >= known) {
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new BenchException(
            "%s: after %d minutes ranking knew %d items of the catalog instead of %d."
                .formatted(
                    variant.name(), BenchStack.PATIENT.toMinutes(), done.replicaItems(), known));
      }
      LockSupport.parkNanos(CATALOG_POLL.toNanos());
    }
  }

  /**
   * Writes a backlog.
   *
   * @param startMillis event time of its first action, in milliseconds since 1970-01-01T00:00:00Z
   * @param rate actions a second of event time
   * @return the name of its actions, for {@link #drain}
   */
  String writeBacklog(Variant variant, int actions, long startMillis, double rate)
      throws InterruptedException {
    String window = nextWindow();
    stack
        .generator()
        .ask(
            "backlog",
            new Orders.Backlogged(variant.prefix(), window, actions, startMillis, rate),
            BenchStack.PATIENT);
    return window;
  }

  /** What is to happen when the generator waits for answers. */
  interface Beginning {
    void run() throws InterruptedException;
  }

  /** Waits for the answers to a backlog. */
  Orders.Drained drain(
      Variant variant, String window, int actions, Duration wait, Beginning beginning)
      throws InterruptedException {
    ChildProcess generator = stack.generator();
    generator.ask(
        "expect",
        new Orders.Expect(variant.prefix(), window, actions, wait.toSeconds()),
        BenchStack.SOON);
    beginning.run();
    return ChildProcess.as(
        generator.awaitEvent("drained", wait.plus(BenchStack.SOON)), Orders.Drained.class);
  }

  /** A name that the ids of a window's actions begin with. */
  String nextWindow() {
    return "w" + ++windows;
  }

  /**
   * Load for a time, after a part that doesn't count.
   *
   * @param settle lets the job, which may have been stopped, get back into its stride
   */
  Measured measure(RunningVariant running, double rate, double settle, double seconds)
      throws IOException, InterruptedException {
    ChildProcess flink = running.flink();
    ChildProcess generator = stack.generator();
    flink.carryOn();
    double wait = Math.max(LEAST_WAIT_SECONDS, 2 * seconds);
    generator.ask(
        "load",
        new Orders.Load(running.variant().prefix(), nextWindow(), rate, settle, seconds, wait, 0),
        BenchStack.SOON);
    generator.awaitEvent("measuring", duration(2 * settle).plus(BenchStack.SOON));
    usage(flink);
    usage(stack.broker());
    usage(generator);
    flink.ask("look", null, BenchStack.SOON);
    double redis = stack.redis().cpuSeconds();
    generator.awaitEvent("sent", duration(2 * seconds).plus(BenchStack.SOON));
    Taken flinkTook = usage(flink);
    Taken brokerTook = usage(stack.broker());
    Taken generatorTook = usage(generator);
    double redisTook = stack.redis().cpuSeconds() - redis;
    Orders.Done done = ChildProcess.as(flink.ask("look", null, BenchStack.SOON), Orders.Done.class);
    Orders.Loaded loaded =
        ChildProcess.as(
            generator.awaitEvent("loaded", duration(wait).plus(BenchStack.SOON)),
            Orders.Loaded.class);
    return Measured.of(
        running.variant(), rate, loaded, done, flinkTook, brokerTook, generatorTook, redisTook);
  }

  /** Receives figures while the load goes on. */
  interface Listener {
    void measured(Orders.Interval interval) throws InterruptedException;
  }

  /**
   * Load for long.
   *
   * @param every seconds between two looks
   * @param listener receives each interval
   */
  Orders.Loaded load(
      RunningVariant running, double rate, double seconds, double every, Listener listener)
      throws InterruptedException {
    ChildProcess generator = stack.generator();
    generator.ask(
        "load",
        new Orders.Load(
            running.variant().prefix(),
            nextWindow(),
            rate,
            0,
            seconds,
            LEAST_WAIT_SECONDS + every,
            every),
        BenchStack.SOON);
    long silentSince = System.nanoTime();
    while (true) {
      Optional<ChildProcess.Message> event = generator.pollEvent(duration(every));
      if (event.isPresent()) {
        silentSince = System.nanoTime();
        if (event.get().name().equals("interval")) {
          listener.measured(ChildProcess.as(event.get().value(), Orders.Interval.class));
        } else if (event.get().name().equals("loaded")) {
          return ChildProcess.as(event.get().value(), Orders.Loaded.class);
        }
      } else if (System.nanoTime() - silentSince
          > duration(every).plus(BenchStack.SOON).toNanos()) {
        throw new BenchException(
            "The load generator says nothing any more. Its log is %s.".formatted(generator.log()));
      }
    }
  }

  static Taken usage(ChildProcess child) throws InterruptedException {
    return ChildProcess.as(child.ask("usage", null, BenchStack.SOON), Taken.class);
  }

  static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(1_000 * seconds));
  }
}
