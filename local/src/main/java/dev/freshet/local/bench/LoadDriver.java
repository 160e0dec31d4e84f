package dev.freshet.local.bench;

import dev.freshet.local.bench.ProcessUsage.Taken;
import java.io.IOException;
import java.time.Duration;

/** Has the generator put a variant under load, and looks at all processes meanwhile. */
final class LoadDriver {

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
   * @return the name of its actions, for {@link #answersToPast}
   */
  String writePast(Variant variant, int actions, long endMillis) throws InterruptedException {
    String window = nextWindow();
    stack
        .generator()
        .ask(
            "past",
            new Orders.Past(variant.name(), window, actions, endMillis),
            BenchStack.PATIENT);
    return window;
  }

  /** Waits for the answers to what was before, which nobody measures. */
  void answersToPast(Variant variant, String window, int actions) throws InterruptedException {
    Orders.Drained drained = drain(variant, window, actions, BenchStack.PATIENT, () -> {});
    if (drained.missing() > 0) {
      throw new BenchException(
          "%s: %d of the %d actions before the measurement were not answered within %d minutes."
              .formatted(
                  variant.name(), drained.missing(), actions, BenchStack.PATIENT.toMinutes()));
    }
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
        new Orders.Expect(variant.name(), window, actions, wait.toSeconds()),
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
    double wait = Math.max(10, seconds);
    generator.ask(
        "load",
        new Orders.Load(running.variant().name(), nextWindow(), rate, settle, seconds, wait, 0),
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
    return Measured.of(rate, loaded, done, flinkTook, brokerTook, generatorTook, redisTook);
  }

  static Taken usage(ChildProcess child) throws InterruptedException {
    return ChildProcess.as(child.ask("usage", null, BenchStack.SOON), Taken.class);
  }

  static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(1_000 * seconds));
  }
}
