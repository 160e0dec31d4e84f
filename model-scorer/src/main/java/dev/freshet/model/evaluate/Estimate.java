package dev.freshet.model.evaluate;

/**
 * A figure and its 95 % confidence interval.
 *
 * @param value NaN if there is nothing that it could be of
 * @param low lower end; NaN if too little is known, such as with a single user
 * @param high upper end
 */
public record Estimate(double value, double low, double high) {

  /** Of nothing. */
  public static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN);

  /** A figure of which no interval is known. */
  public static Estimate withoutInterval(double value) {
    return new Estimate(value, Double.NaN, Double.NaN);
  }

  /** Whether there is an interval. */
  public boolean hasInterval() {
    return Double.isFinite(low) && Double.isFinite(high);
  }
}
