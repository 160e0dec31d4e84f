package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class McNemarTest {

  @Test
  void isTheSumOfBinomialTerms() {
    // Their example of 1 against 7 discordant pairs: (2 * (1 + 8) - 8) / 256.
    assertThat(McNemar.midP(1, 7)).isCloseTo(10 / 256.0, within(1e-14));
    assertThat(McNemar.midP(7, 1)).isEqualTo(McNemar.midP(1, 7));
  }

  @Test
  void equalSidesTellNothing() {
    assertThat(McNemar.midP(0, 0)).isEqualTo(1);
    assertThat(McNemar.midP(1_000_000, 1_000_000)).isEqualTo(1);
  }

  @Test
  void largeNumbersAreThoseOfTheNormalDistribution() {
    // z = 2,000 / sqrt(1,000,000) = 2: two-sided 0.0455.
    assertThat(McNemar.midP(499_000, 501_000)).isCloseTo(0.0455, within(1e-4));
    assertThat(McNemar.midP(0, 3_000)).isZero();
  }

  @Property(tries = 200)
  void agreesWithTheDefinition(
      @ForAll @LongRange(max = 120) long onlyA, @ForAll @LongRange(max = 120) long onlyB) {
    long n = onlyA + onlyB;
    long fewer = Math.min(onlyA, onlyB);
    BigInteger twice = BigInteger.ZERO;
    BigInteger ways = BigInteger.ONE;
    for (long k = 0; k <= fewer; k++) {
      twice = twice.add(k == fewer ? ways : ways.shiftLeft(1));
      ways = ways.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1));
    }
    double expected =
        new BigDecimal(twice)
            .divide(new BigDecimal(BigInteger.ONE.shiftLeft((int) n)), MathContext.DECIMAL64)
            .doubleValue();
    assertThat(McNemar.midP(onlyA, onlyB)).isCloseTo(expected, within(1e-11));
  }
}
