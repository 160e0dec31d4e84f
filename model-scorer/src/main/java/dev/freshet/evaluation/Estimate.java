package dev.freshet.evaluation;

/**
 * A figure and its 95 % confidence interval.
 *
 * @param value NaN if there are no observations
 * @param low lower end; NaN if the variance is unknown, for example with a single user
 * @param high upper end
 */
public record Estimate(double value, double low, double high) {

  /** The confidence level of every interval. */
  public static final double CONFIDENCE = 0.95;

  /** No observation. */
  public static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN);

  /** Returns a figure whose interval is unknown. */
  public static Estimate withoutInterval(double value) {
    return new Estimate(value, Double.NaN, Double.NaN);
  }

  /** Whether there is an interval. */
  public boolean hasInterval() {
    return Double.isFinite(low) && Double.isFinite(high);
  }

  /** Returns the figure with its interval cut to a range, such as 0 to 1 for a share. */
  public Estimate within(double least, double greatest) {
    return new Estimate(value, Math.max(least, low), Math.min(greatest, high));
  }
}
