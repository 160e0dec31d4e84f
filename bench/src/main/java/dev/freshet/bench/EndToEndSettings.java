package dev.freshet.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code bench e2e} measures.
 *
 * @param rates actions a second, ascending
 * @param seconds of a window
 * @param maxDelays a variant of the product for each, as in {@code watermark.max-delay}
 * @param also names of further jobs of the product, each with the first delay and these options of
 *     its JVM after the usual ones
 * @param candidates scored for a list
 * @param items in the catalog
 * @param users that act
 * @param parallelism of all jobs
 * @param repeats windows for each rate and variant
 * @param warmUpSeconds of load for each variant before the first window
 * @param history actions before the measurement
 */
public record EndToEndSettings(
    List<Double> rates,
    double seconds,
    List<String> maxDelays,
    Map<String, List<String>> also,
    int candidates,
    int items,
    int users,
    int parallelism,
    int repeats,
    double warmUpSeconds,
    int history) {

  private static final double LONGEST_SETTLING = 15;

  public EndToEndSettings {
    rates = rates.stream().sorted().distinct().toList();
    maxDelays = List.copyOf(maxDelays);
    also = Collections.unmodifiableMap(new LinkedHashMap<>(also));
  }

  /** Load at the beginning of a window that doesn't count, in seconds. */
  double settleSeconds() {
    return Math.min(LONGEST_SETTLING, seconds);
  }

  /** Rate of warming up: the middle one, so that it is not too much where the highest is. */
  double warmUpRate() {
    return rates.get((rates.size() - 1) / 2);
  }
}
