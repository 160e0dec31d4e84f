package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureCatalog;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Thirty features of an item that together use every type that is computed from events. */
public enum SyntheticFeature {
  COUNT("type: count"),
  COUNT_1H("type: count, window: 1h"),
  COUNT_7D_OF_PURCHASES("type: count, window: 7d, actions: [purchase]"),
  SUM("type: sum, of: value"),
  SUM_1D("type: sum, of: value, window: 1d"),
  MEAN("type: mean, of: value"),
  MIN("type: min, of: value"),
  MAX_7D("type: max, of: value, window: 7d"),
  DECAYED_COUNT("type: decayed-count, half-life: 1d"),
  DECAYED_SUM("type: decayed-count, half-life: 7d, of: value"),
  RATE("type: rate, numerator: [purchase], denominator: [view], prior: 0.02, prior-weight: 50"),
  RATE_1D("type: rate, numerator: [purchase], denominator: [view], window: 1d"),
  TREND("type: trend, short: 1d, long: 30d"),
  TIME_SINCE("type: time-since"),
  AGE("type: age"),
  SESSION_POSITION("type: session, gap: 30m, give: position"),
  LAST("type: last, of: user"),
  LAST_20_DISTINCT("type: last-n, of: user, size: 20, distinct: true"),
  LAST_10_OF_CONTEXT("type: last-n, of: context.channel, size: 10"),
  TOP_10("type: top-k, of: user, size: 10, capacity: 100"),
  TOP_10_1D("type: top-k, of: context.channel, size: 10, window: 1d"),
  DISTINCT("type: distinct, of: user"),
  DISTINCT_7D("type: distinct, of: user, window: 7d"),
  QUANTILE("type: quantile, of: value, q: 0.5"),
  QUANTILE_1D("type: quantile, of: value, q: [0.25, 0.5, 0.75], window: 1d"),
  AFFINITY("type: affinity, of: context.channel, half-life: 7d, weights: [view=1, purchase=5]"),
  POPULARITY_RANK("type: popularity-rank, of: context.city, half-life: 1d, size: 50"),
  ATTRIBUTE_TEXTS("type: attribute, of: item.category, as: texts", Input.CATALOG),
  ATTRIBUTE_NUMBER("type: attribute, of: item.price_eur, as: number", Input.CATALOG),
  DELETED("type: deleted", Input.CATALOG);

  private enum Input {
    ACTIONS,
    CATALOG
  }

  private final String keys;
  private final Input input;

  SyntheticFeature(String keys) {
    this(keys, Input.ACTIONS);
  }

  SyntheticFeature(String keys, Input input) {
    this.keys = keys;
    this.input = input;
  }

  /** Whether it looks at the catalog's word on the item, and at no action. */
  boolean isOfCatalog() {
    return input == Input.CATALOG;
  }

  /** A catalog of this feature alone. */
  FeatureCatalog alone() {
    return FeatureCatalog.parse(name(), "features:\n" + line());
  }

  /** A catalog of all of them. */
  static FeatureCatalog all() {
    return FeatureCatalog.parse(
        "synthetic",
        Arrays.stream(values())
            .map(SyntheticFeature::line)
            .collect(Collectors.joining("", "features:\n", "")));
  }

  private String line() {
    return "  - {entity: item, name: %s, description: d, %s}%n"
        .formatted(name().toLowerCase(Locale.ROOT), keys);
  }
}
