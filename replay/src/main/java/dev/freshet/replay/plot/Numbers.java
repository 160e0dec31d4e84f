package dev.freshet.replay.plot;

import dev.freshet.evaluation.Estimate;
import java.util.Locale;

/** How numbers are written for people. */
public final class Numbers {
  public static final String UNKNOWN = "–";

  private Numbers() {}

  /** Writes a count with commas. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Four digits behind the point. */
  public static String share(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : UNKNOWN;
  }

  /** Writes a value as a change, with its sign. */
  public static String signed(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%+.4f", value).replace('-', '−')
        : UNKNOWN;
  }

  public static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : UNKNOWN;
  }

  /** Two digits behind the point. */
  public static String plain(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.2f", value) : UNKNOWN;
  }

  /** Value and interval. */
  public static String withInterval(Estimate estimate) {
    return share(estimate.value()) + interval(estimate);
  }

  private static String interval(Estimate estimate) {
    return estimate.hasInterval()
        ? " [" + share(estimate.low()) + ", " + share(estimate.high()) + "]"
        : "";
  }

  /** Change and interval. */
  public static String signedInterval(Estimate estimate) {
    return estimate.hasInterval()
        ? "[" + signed(estimate.low()) + ", " + signed(estimate.high()) + "]"
        : UNKNOWN;
  }

  /** A p value. */
  public static String probability(double p) {
    if (!Double.isFinite(p)) {
      return UNKNOWN;
    }
    return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  /** Writes a value as short as possible, for axes. */
  public static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return size >= 1e6 && value % 1e5 == 0
          ? trimmed(String.format(Locale.ROOT, "%.1f", value / 1e6)) + "M"
          : value % 100 == 0
              ? trimmed(String.format(Locale.ROOT, "%.1f", value / 1e3)) + "k"
              : count(Math.round(value));
    }
    return trimmed(String.format(Locale.ROOT, size >= 1 ? "%.2f" : "%.6f", value));
  }

  private static String trimmed(String number) {
    return number.contains(".") ? number.replaceFirst("\\.?0+$", "") : number;
  }
}
