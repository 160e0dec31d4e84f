package dev.freshet.evaluation;

/**
 * McNemar's test for paired yes-or-no outcomes (Psychometrika 12, 1947): whether those that only
 * one side has are split evenly. Exact, by the binomial distribution, in its mid-p form, which
 * keeps the level without the exact test's loss of power (Fagerland, Lydersen and Laake, "The
 * McNemar test for binary matched-pairs data: mid-p and asymptotic are better than exact
 * conditional", BMC Medical Research Methodology 13:91, 2013).
 */
final class McNemar {

  /** Terms that add less than this share to the sum end it. */
  private static final double NEGLIGIBLE = 1e-17;

  private McNemar() {}

  /**
   * Two-sided mid-p value.
   *
   * @param onlyA pairs with a yes of A alone
   * @param onlyB pairs with a yes of B alone
   * @return 0 to 1; 1 if the two are equal
   */
  static double midP(long onlyA, long onlyB) {
    if (onlyA == onlyB) {
      return 1;
    }
    long n = onlyA + onlyB;
    long fewer = Math.min(onlyA, onlyB);
    // P(X = fewer), and P(X < fewer) as a multiple of it: each term from the one before.
    double point =
        Math.exp(logFactorial(n) - logFactorial(fewer) - logFactorial(n - fewer) - n * Math.log(2));
    double below = 0;
    double term = 1;
    for (long k = fewer; k > 0 && term > NEGLIGIBLE * below; k--) {
      term *= (double) k / (n - k + 1);
      below += term;
    }
    return Math.min(1, 2 * point * (below + 0.5));
  }

  /** Natural logarithm of n!: a sum of few, else Stirling's series, right to 1e-14 of itself. */
  private static double logFactorial(long n) {
    if (n < 32) {
      double sum = 0;
      for (int i = 2; i <= n; i++) {
        sum += Math.log(i);
      }
      return sum;
    }
    double x = n;
    return (x + 0.5) * Math.log(x)
        - x
        + 0.5 * Math.log(2 * Math.PI)
        + 1 / (12 * x)
        - 1 / (360 * x * x * x)
        + 1 / (1260 * x * x * x * x * x);
  }
}
