package dev.freshet.ranking.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FastLogTest {

  @Test
  void isWithinItsErrorAllOverTheRange() {
    for (int exponent = -1022; exponent <= 1023; exponent++) {
      for (double fraction = 1; fraction < 2; fraction += 0.001) {
        double x = Math.scalb(fraction, exponent);
        assertThat(Math.abs(FastLog.log(x) - StrictMath.log(x))).isLessThan(3e-9);
        assertThat(Math.abs(FastLog.log1p(x) - StrictMath.log1p(x))).isLessThan(3e-9);
      }
    }
  }

  @Property
  void isNearToTheRealOne(@ForAll @DoubleRange(min = 0, max = 1e9) double x) {
    assertThat(FastLog.log1p(x)).isCloseTo(Math.log1p(x), within(3e-9));
  }

  @Test
  void isExactWhereCountsBegin() {
    assertThat(FastLog.log1p(0)).isZero();
    assertThat(FastLog.log(1)).isZero();
    assertThat(FastLog.log(2)).isEqualTo(0.6931471805599453);
  }

  @Test
  void integersBecomeTheSameAsByACast() {
    for (long integer : new long[] {0, 1, 2, 1023, 2046, 123_456_789_012L, (1L << 52) - 1}) {
      assertThat(FastLog.toDouble(integer)).isEqualTo((double) integer);
    }
  }

  /** The very bits, which must be those of every machine. */
  @Test
  void givesTheseBits() {
    assertThat(Double.doubleToRawLongBits(FastLog.log1p(2))).isEqualTo(4607626529066517258L);
  }
}
