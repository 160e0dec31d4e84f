package dev.freshet.bench;

import dev.freshet.bench.ProcessUsage.Taken;
import dev.freshet.bench.SoakResult.Sample;
import dev.freshet.local.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Results as benchmarks would give them, made up. */
public final class Results {

  private static final String STARTED = "2026-03-01T00:00:00Z";

  /** Of each window, in milliseconds since 1970-01-01T00:00:00Z. */
  private static final long BEGIN = 1_772_323_200_000L;

  private Results() {}

  private static Measured measured(Variant variant, double rate, int millis, long waiting) {
    Histogram micros = Answers.histogram();
    micros.recordValueWithCount(millis * 1_000L, 990);
    micros.recordValueWithCount(millis * 2_000L, 10);
    Taken taken =
        new Taken(
            10,
            5,
            1_000_000_000,
            List.of(new TimeSpan(BEGIN + 2_000, 20), new TimeSpan(BEGIN + 7_500, 10)),
            50_000_000,
            200_000_000);
    return Measured.of(
        variant,
        rate,
        new Orders.Loaded(
            1_000,
            waiting > rate ? 5 : 0,
            0,
            new Backlog(waiting / 2, waiting),
            Latency.encode(micros),
            Latency.encode(micros),
            new Timeline.Steps(
                BEGIN, 5, List.of(0.9 * millis, Double.NaN), List.of(2.0 * millis, Double.NaN))),
        new Orders.Done(
            1_000,
            10,
            100,
            80,
            20,
            variant.floor() ? "" : Latency.encode(micros),
            50,
            5_000,
            -1,
            List.of(new TimeSpan(BEGIN - 1_000, 3_000))),
        taken,
        taken,
        taken,
        1);
  }

  /** Two rates, three windows each: at the higher one the product is left out. */
  public static EndToEndResult endToEnd() {
    Variant floor = Variant.floor(100, 1);
    Variant full = Variant.full("5ms", 100, 1);
    List<EndToEndResult.Window> windows = new ArrayList<>();
    for (int repeat = 1; repeat <= 3; repeat++) {
      windows.add(
          new EndToEndResult.Window(
              windows.size() + 1, 1_000, repeat, floor.name(), measured(floor, 1_000, repeat, 3)));
      windows.add(
          new EndToEndResult.Window(
              windows.size() + 1,
              1_000,
              repeat,
              full.name(),
              measured(full, 1_000, 3 * repeat, repeat == 3 ? 50_000 : 9)));
    }
    for (int repeat = 1; repeat <= 3; repeat++) {
      windows.add(
          new EndToEndResult.Window(
              windows.size() + 1, 2_000, repeat, floor.name(), measured(floor, 2_000, repeat, 3)));
      windows.add(new EndToEndResult.Window(windows.size() + 1, 2_000, repeat, full.name(), null));
    }
    return EndToEndResult.of(
        STARTED,
        Machine.here("6.2.11"),
        new EndToEndSettings(
            List.of(2_000.0, 1_000.0),
            10,
            List.of("5ms"),
            Map.of(),
            100,
            1_000,
            500,
            1,
            3,
            60,
            20_000),
        List.of(
            new EndToEndResult.Job(floor.name(), floor.maxDelay(), 0),
            new EndToEndResult.Job(full.name(), full.maxDelay(), 25)),
        windows);
  }

  /** Two numbers of candidates, the fewer made faster; no rate is within the bound. */
  public static ThroughputResult throughput() {
    ThroughputSettings settings =
        new ThroughputSettings(
            List.of(100, 50),
            List.of(1_000),
            List.of(500),
            List.of(1, 2),
            List.of(StateBackend.HASHMAP, StateBackend.ROCKSDB),
            List.of("0ms", "5ms"),
            10_000,
            1,
            3,
            new ThroughputSettings.Paced(50, 10),
            20_000);
    List<ThroughputResult.PointResult> points = new ArrayList<>();
    for (ThroughputSettings.Point point : settings.points()) {
      for (String maxDelay : settings.maxDelays()) {
        List<ThroughputResult.DrainResult> drains =
            IntStream.range(0, 4)
                .mapToObj(drain -> drain(drain == 0, 400_000.0 / point.candidates() + drain))
                .toList();
        Variant variant = Variant.full(maxDelay, point.candidates(), point.parallelism());
        points.add(
            ThroughputResult.PointResult.of(
                point,
                maxDelay,
                25,
                drains,
                new ThroughputResult.Paced(Double.NaN, List.of(measured(variant, 1_000, 90, 5)))));
      }
    }
    return new ThroughputResult("throughput", STARTED, Machine.here("6.2.11"), settings, points);
  }

  private static ThroughputResult.DrainResult drain(boolean warmUp, double rate) {
    return new ThroughputResult.DrainResult(
        warmUp,
        10_000,
        0,
        0,
        10_000 / rate,
        rate,
        rate * 1.05,
        100,
        80,
        20,
        new Measured.Cpu(1, 0.2, 0.1, 0.1),
        0.25,
        100,
        new Measured.Pauses(3, 30, 20),
        1_000_000,
        2_000_000);
  }

  /** Hours in which Redis grows and nothing else does. */
  public static SoakResult soak() {
    List<Sample> samples = new ArrayList<>();
    for (int sample = 0; sample < 400; sample++) {
      samples.add(
          new Sample(
              sample * 30,
              sample < 40,
              sample * 15_000,
              sample * 15_000,
              sample % 10 == 0 ? 300 + sample % 3 : Double.NaN,
              900,
              50,
              10_000,
              8,
              100 + sample * 0.5,
              6 + sample % 5 * 0.1,
              8 + sample % 7 * 0.1,
              6,
              7,
              0.001,
              0.5,
              20));
    }
    return new SoakResult(
        "soak",
        STARTED,
        Machine.here("6.2.11"),
        new SoakSettings(3, 500, "5ms", 100, 10_000, 10_000, 1, 1_200, 30, 20_000),
        25,
        6_000_000,
        0,
        0,
        samples,
        SoakResult.trends(samples));
  }
}
