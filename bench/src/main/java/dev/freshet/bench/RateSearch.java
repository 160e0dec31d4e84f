package dev.freshet.bench;

import java.util.OptionalDouble;

/**
 * Looks for the highest rate that is good, supposing that all lower ones are: doubles until one is
 * bad (or halves until one is good), then halves what lies between.
 *
 * <pre>{@code
 * for (OptionalDouble rate = search.next(); rate.isPresent(); rate = search.next()) {
 *   search.tried(rate.getAsDouble(), isGood(rate.getAsDouble()));
 * }
 * }</pre>
 */
final class RateSearch {

  /** Nearer than this factor, the two ends are the same. */
  static final double PRECISION = 1.1;

  private static final double LOWEST = 1;
  private static final double HIGHEST = 1_000_000;

  private final double first;
  private double good = Double.NaN;
  private double bad = Double.NaN;

  /**
   * @param first rate to be tried
   */
  RateSearch(double first) {
    this.first = Math.max(LOWEST, Math.min(HIGHEST, first));
  }

  /** The next rate to be tried; empty: the search is over. */
  OptionalDouble next() {
    if (Double.isNaN(good) && Double.isNaN(bad)) {
      return OptionalDouble.of(first);
    }
    if (Double.isNaN(bad)) {
      return good * 2 > HIGHEST ? OptionalDouble.empty() : OptionalDouble.of(good * 2);
    }
    if (Double.isNaN(good)) {
      return bad / 2 < LOWEST ? OptionalDouble.empty() : OptionalDouble.of(bad / 2);
    }
    return bad / good <= PRECISION
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.sqrt(good * bad));
  }

  void tried(double rate, boolean isGood) {
    if (isGood) {
      good = rate;
    } else {
      bad = rate;
    }
  }

  /** The highest rate that was good; NaN: none was. */
  double highest() {
    return good;
  }
}
