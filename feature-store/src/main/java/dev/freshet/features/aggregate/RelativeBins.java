package dev.freshet.features.aggregate;

/**
 * Cuts the positive doubles into numbered bins, so narrow that each has a value that is within a
 * given relative distance of all in it.
 *
 * <p>Bins are of equal width in a stand-in for the binary logarithm: for x = 2^e (1 + s) it is e +
 * s (4 - s) / 3, which is continuous and at least 4/3 as steep as the natural logarithm. That takes
 * 8 % more bins than the logarithm itself would, and needs only operations that IEEE 754 defines to
 * the last bit, so that a value is in the same bin on every machine. After C. Masson, J. E. Rim, H.
 * K. Lee: "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
 * PVLDB 12(12), 2019.
 */
final class RelativeBins {
  private static final long MANTISSA = (1L << 52) - 1;
  private static final long ONE = 1023L << 52;

  private final double binsPerOctave;

  /**
   * Bins of a relative accuracy.
   *
   * @param accuracy from 1e-6, so that all bins have numbers that are ints, to below 1
   */
  RelativeBins(double accuracy) {
    if (!(accuracy >= 1e-6 && accuracy < 1)) {
      throw new IllegalArgumentException(
          "A relative accuracy must be at least 1e-6 and below 1, not " + accuracy);
    }
    binsPerOctave = 0.75 / StrictMath.log((1 + accuracy) / (1 - accuracy));
  }

  /** The bin of a normal positive double: larger values are in the same bin or a later one. */
  int index(double value) {
    double s = Double.longBitsToDouble(Double.doubleToLongBits(value) & MANTISSA | ONE) - 1;
    return (int) Math.floor((Math.getExponent(value) + s * (4 - s) / 3) * binsPerOctave);
  }

  /** What stands for all values of a bin: the harmonic mean of its ends. */
  double value(int index) {
    double from = index / binsPerOctave;
    int exponent = (int) Math.floor(from);
    double low = mantissa(from - exponent);
    double to = (index + 1) / binsPerOctave - exponent;
    double octaves = Math.floor(to);
    double high = Math.scalb(mantissa(to - octaves), (int) octaves);
    double value = Math.scalb(2 * low * (high / (low + high)), exponent);
    // The last bin goes beyond the largest double.
    return Math.min(value, Double.MAX_VALUE);
  }

  /** Whether bins are cut alike. */
  boolean isAs(RelativeBins other) {
    return other.binsPerOctave == binsPerOctave;
  }

  /** 1 + s for s (4 - s) / 3 = fraction. */
  private static double mantissa(double fraction) {
    return 3 - Math.sqrt(4 - 3 * fraction);
  }
}
