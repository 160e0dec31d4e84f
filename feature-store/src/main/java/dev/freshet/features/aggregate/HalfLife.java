package dev.freshet.features.aggregate;

/** Powers of two of a time counted in half-lives. */
final class HalfLife {
  private static final long LIMIT = 1 << 16;

  private HalfLife() {}

  /**
   * 2^(elapsed / halfLife), the same bits on every machine: whole half-lives are exact, and the
   * rest is taken from {@link StrictMath}. So for whole k, {@code power(e + k * h, h)} is exactly
   * {@code scalb(power(e, h), k)}.
   *
   * @param elapsed milliseconds, may be negative
   * @param halfLife milliseconds, positive
   */
  static double power(long elapsed, long halfLife) {
    long whole = Math.floorDiv(elapsed, halfLife);
    long rest = Math.floorMod(elapsed, halfLife);
    return scale(rest == 0 ? 1 : StrictMath.pow(2, (double) rest / halfLife), whole);
  }

  /** value x 2^exponent, for exponents of any size. */
  static double scale(double value, long exponent) {
    return Math.scalb(value, clamp(exponent));
  }

  /** The exponent as an int; beyond the range every double is 0 or infinite anyway. */
  static int clamp(long exponent) {
    return (int) Math.max(-LIMIT, Math.min(LIMIT, exponent));
  }

  static void require(long halfLife) {
    if (halfLife <= 0) {
      throw new IllegalArgumentException(
          "A half-life must be positive, in milliseconds: " + halfLife);
    }
  }
}
