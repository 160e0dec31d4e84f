package dev.freshet.replay.plot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Maps values to places along one side of a plot.
 *
 * @param label what it shows, with the unit
 * @param low value at the beginning
 * @param high value at the end
 * @param logarithmic whether equal factors are equal distances
 * @param ticks values that are named
 * @param names of ticks that are not written as the number they are
 */
public record Axis(
    String label,
    double low,
    double high,
    boolean logarithmic,
    List<Double> ticks,
    Map<Double, String> names) {

  private static final int ABOUT_TICKS = 6;

  public Axis {
    ticks = List.copyOf(ticks);
    names = Map.copyOf(names);
  }

  private Axis(String label, double low, double high, boolean logarithmic, List<Double> ticks) {
    this(label, low, high, logarithmic, ticks, Map.of());
  }

  /** An axis that holds both values and ends on ticks. */
  public static Axis linear(String label, double low, double high) {
    double step = step(low, high);
    // 0 is added as there is a negative zero.
    double first = Math.floor(low / step + 1e-9) * step + 0.0;
    double last = Math.max(first + step, Math.ceil(high / step - 1e-9) * step + 0.0);
    return new Axis(label, first, last, false, ticks(first, last, step));
  }

  /** An axis that begins and ends with the values, as a time does. */
  public static Axis tight(String label, double low, double high) {
    double step = step(low, high);
    double end = high > low ? high : low + 1;
    return new Axis(label, low, end, false, ticks(Math.ceil(low / step) * step, end, step));
  }

  private static double step(double low, double high) {
    double range = high > low ? high - low : 1;
    double rough = range / ABOUT_TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double factor = rough / power;
    return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
  }

  private static List<Double> ticks(double first, double last, double step) {
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; first + i * step <= last + step * 1e-6; i++) {
      double tick = first + i * step;
      ticks.add(Math.abs(tick) < step * 1e-6 ? 0 : tick);
    }
    return ticks;
  }

  /**
   * An axis of factors; ends on 1, 2 or 5 times a power of ten.
   *
   * @param low above 0
   */
  public static Axis log(String label, double low, double high) {
    List<Double> ticks = new ArrayList<>();
    double from = Math.pow(10, Math.floor(Math.log10(low) + 1e-9));
    boolean wide = high / low > 300;
    for (double power = from; power <= high * 10; power *= 10) {
      for (double digit : wide ? new double[] {1} : new double[] {1, 2, 5}) {
        ticks.add(power * digit);
      }
    }
    while (ticks.size() > 2 && ticks.get(1) <= low * (1 + 1e-9)) {
      ticks.remove(0);
    }
    while (ticks.size() > 2 && ticks.get(ticks.size() - 2) >= high * (1 - 1e-9)) {
      ticks.remove(ticks.size() - 1);
    }
    return new Axis(label, ticks.get(0), ticks.get(ticks.size() - 1), true, ticks);
  }

  /** Percentiles that an axis names, each with how many values there are to one beyond it. */
  private static final Map<Double, String> PERCENTILES =
      Map.of(
          1.0,
          "0 %",
          2.0,
          "50 %",
          10.0,
          "90 %",
          100.0,
          "99 %",
          1_000.0,
          "99.9 %",
          10_000.0,
          "99.99 %",
          100_000.0,
          "99.999 %");

  /**
   * An axis of percentiles as latencies want it: as far from 90 to 99 as from 99 to 99.9; ends on
   * one of these. Its values are {@link #beyond}.
   *
   * @param highest percentile, 0 to below 100
   */
  public static Axis percentiles(String label, double highest) {
    List<Double> ticks = new ArrayList<>(PERCENTILES.keySet());
    Collections.sort(ticks);
    while (ticks.size() > 2 && ticks.get(ticks.size() - 2) >= beyond(highest) * (1 - 1e-6)) {
      ticks.remove(ticks.size() - 1);
    }
    return new Axis(label, 1, ticks.get(ticks.size() - 1), true, ticks, PERCENTILES);
  }

  /** How many values there are to one that is beyond a percentile: 100 for the 99th. */
  public static double beyond(double percentile) {
    return 1 / (1 - percentile / 100);
  }

  /** How a tick is written. */
  String name(double tick) {
    return names.getOrDefault(tick, Numbers.tick(tick));
  }

  /**
   * Place of a value, 0 at the beginning and 1 at the end; values beyond the ends are put there.
   */
  double at(double value) {
    double place =
        logarithmic
            ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
            : (value - low) / (high - low);
    return Math.max(0, Math.min(1, place));
  }
}
