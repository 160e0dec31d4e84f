package dev.freshet.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * {@code bench.json}: what {@code bench e2e} found.
 *
 * @param started in ISO-8601
 * @param medians of the windows of a rate and variant
 * @param ratios of medians of the product to those of the floor at the same rate
 */
public record EndToEndResult(
    String kind,
    String started,
    Machine machine,
    EndToEndSettings settings,
    List<Job> variants,
    List<Window> windows,
    List<Medians> medians,
    List<Ratio> ratios) {

  /**
   * A variant.
   *
   * @param modelFeatures that the model scores by; 0: there is no model
   */
  public record Job(String name, String maxDelay, int modelFeatures) {}

  /**
   * A window of load.
   *
   * @param order place in the order in which windows were measured
   * @param measured null: it was left out, as the variant didn't keep up before
   */
  public record Window(int order, double rate, int repeat, String variant, Measured measured) {}

  /**
   * Medians over the windows of a rate and variant, in ms; NaN: none was measured.
   *
   * @param sustained windows in which the job kept up
   * @param missing actions of all windows that were not answered in time
   * @param repeated answers of all windows beyond the first to an action
   */
  public record Medians(
      double rate,
      String variant,
      int windows,
      int sustained,
      double p50,
      double p90,
      double p99,
      double p999,
      double max,
      double watermarkLagP50,
      double watermarkLagP99,
      double lateShare,
      double flinkCpu,
      double candidates,
      long missing,
      long repeated) {}

  /** Medians of a variant divided by those of the floor. */
  public record Ratio(double rate, String variant, double p50, double p99, double p999) {}

  static EndToEndResult of(
      String started,
      Machine machine,
      EndToEndSettings settings,
      List<Job> variants,
      List<Window> windows) {
    List<Medians> medians = new ArrayList<>();
    List<Ratio> ratios = new ArrayList<>();
    for (double rate : settings.rates()) {
      List<Medians> ofRate = new ArrayList<>();
      for (Job variant : variants) {
        ofRate.add(medians(rate, variant.name(), windows));
      }
      medians.addAll(ofRate);
      Optional<Medians> floor =
          ofRate.stream().filter(each -> each.variant.equals(Variant.FLOOR)).findFirst();
      for (Medians each : ofRate) {
        if (floor.isPresent()
            && each != floor.get()
            && Double.isFinite(each.p50 / floor.get().p50)) {
          ratios.add(
              new Ratio(
                  rate,
                  each.variant,
                  each.p50 / floor.get().p50,
                  each.p99 / floor.get().p99,
                  each.p999 / floor.get().p999));
        }
      }
    }
    return new EndToEndResult(
        "e2e", started, machine, settings, variants, List.copyOf(windows), medians, ratios);
  }

  private static Medians medians(double rate, String variant, List<Window> windows) {
    List<Measured> measured =
        windows.stream()
            .filter(window -> window.rate == rate && window.variant.equals(variant))
            .map(Window::measured)
            .filter(each -> each != null)
            .toList();
    return new Medians(
        rate,
        variant,
        measured.size(),
        (int) measured.stream().filter(Measured::sustained).count(),
        median(measured, each -> each.latencyMillis().p50()),
        median(measured, each -> each.latencyMillis().p90()),
        median(measured, each -> each.latencyMillis().p99()),
        median(measured, each -> each.latencyMillis().p999()),
        median(measured, each -> each.latencyMillis().max()),
        median(measured, each -> each.watermarkLagMillis().p50()),
        median(measured, each -> each.watermarkLagMillis().p99()),
        median(measured, Measured::lateShare),
        median(measured, each -> each.cpu().flink()),
        median(measured, Measured::candidates),
        measured.stream().mapToLong(Measured::missing).sum(),
        measured.stream().mapToLong(Measured::repeated).sum());
  }

  private static double median(List<Measured> windows, ToDoubleFunction<Measured> figure) {
    return median(windows.stream().mapToDouble(figure).toArray());
  }

  /** The middle one, or the mean of the two in the middle; NaN of none. */
  public static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Writes {@code bench.json}; one that is there is replaced. */
  public void write(Path folder) throws IOException {
    BenchJson.write(folder.resolve("bench.json"), this);
  }

  /** Actions that a job kept up with and yet did not answer once. */
  public long unanswered() {
    return windows.stream()
        .map(Window::measured)
        .filter(each -> each != null && each.sustained())
        .mapToLong(each -> each.missing() + each.repeated())
        .sum();
  }
}
