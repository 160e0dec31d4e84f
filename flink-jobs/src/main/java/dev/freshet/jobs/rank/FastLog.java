package dev.freshet.jobs.rank;

/**
 * A logarithm for features: some times faster than {@link Math#log1p}, and of the same bits on
 * every machine, for it only adds, multiplies and divides.
 */
final class FastLog {

  private static final double LN2 = 0.6931471805599453;

  /** Bits of the square root of 1/2: fractions are brought to between it and its double. */
  private static final long ROOT_OF_HALF = 0x3FE6A09E667F3BCDL;

  private static final int FRACTION_BITS = 52;

  private FastLog() {}

  /**
   * The natural logarithm of 1 + x, within 1e-9.
   *
   * @param x from 0 to the greatest number
   */
  static double log1p(double x) {
    return log(1 + x);
  }

  /**
   * The natural logarithm, within 1e-9.
   *
   * @param x from {@link Double#MIN_NORMAL} to the greatest number
   */
  static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    long exponent = (bits - ROOT_OF_HALF) >> FRACTION_BITS;
    double fraction = Double.longBitsToDouble(bits - (exponent << FRACTION_BITS));
    // ln f = 2 artanh s, whose series is cut where |s| <= 0.172 leaves less than 1e-9.
    double s = (fraction - 1) / (fraction + 1);
    double squared = s * s;
    double series =
        2 + squared * (2.0 / 3 + squared * (2.0 / 5 + squared * (2.0 / 7 + squared * (2.0 / 9))));
    return exponent * LN2 + s * series;
  }
}
