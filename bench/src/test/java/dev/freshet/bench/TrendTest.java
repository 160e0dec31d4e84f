package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TrendTest {

  private static final int SAMPLES = 360;

  /** Samples of ten hours. */
  private static Trend trend(boolean least, IntToDoubleFunction value) {
    double[] hours = new double[SAMPLES];
    double[] values = new double[SAMPLES];
    for (int sample = 0; sample < SAMPLES; sample++) {
      hours[sample] = sample * 10.0 / (SAMPLES - 1);
      values[sample] = value.applyAsDouble(sample);
    }
    return Trend.of(hours, values, least);
  }

  @Test
  void theSlopeIsThatOfTheLine() {
    Trend trend = trend(false, sample -> 100 + 2 * (sample * 10.0 / (SAMPLES - 1)));

    assertThat(trend.slope()).isCloseTo(2, within(1e-6));
    assertThat(trend.low()).isCloseTo(2, within(1e-6));
    assertThat(trend.growth()).isCloseTo(20 / 110.0, within(1e-3));
    assertThat(trend.grows()).isTrue();
  }

  @Test
  void theIntervalIsStudents() {
    // Six blocks of one sample; worked out by hand. 2.776 is Student's t for four degrees of
    // freedom.
    Trend trend =
        Trend.of(new double[] {0, 1, 2, 3, 4, 5}, new double[] {1, 2, 1.5, 3, 3.5, 3.6}, false);

    assertThat(trend.slope()).isCloseTo(0.54286, within(1e-4));
    assertThat(trend.high() - trend.slope()).isCloseTo(2.776 * 0.10530, within(1e-3));
  }

  @Test
  void noiseAloneIsNoGrowth() {
    int grown = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      grown += trend(false, sample -> 50 + 20 * random.nextGaussian()).grows() ? 1 : 0;
    }
    assertThat(grown).isLessThan(12);
  }

  @Test
  void aCertainButSmallSlopeIsNoGrowth() {
    Trend trend = trend(false, sample -> 100 + sample * 0.01);

    assertThat(trend.low()).isPositive();
    assertThat(trend.grows()).isFalse();
  }

  @Test
  void aFallIsNoGrowth() {
    assertThat(trend(false, sample -> 1_000 - sample).grows()).isFalse();
  }

  @Test
  void aHeapCountsWithWhatIsLeftWhenItIsCollected() {
    // Falls to 100 every twelfth sample, however high it was.
    IntToDoubleFunction heap = sample -> 100 + sample % 12 * (20.0 + sample);

    assertThat(trend(false, heap).grows()).isTrue();
    assertThat(trend(true, heap).grows()).isFalse();
  }

  @Test
  void tooFewSamplesTellNothing() {
    Trend trend = Trend.of(new double[] {0, 1, 2, 3}, new double[] {1, 2, 3, 4}, false);

    assertThat(trend.slope()).isNaN();
    assertThat(trend.grows()).isFalse();
    assertThat(Trend.of(new double[0], new double[0], true).blocks()).isZero();
  }

  @Test
  void samplesWithoutAValueAreLeftOut() {
    Trend trend = trend(false, sample -> sample % 3 == 0 ? Double.NaN : 5);

    assertThat(trend.mean()).isEqualTo(5);
    assertThat(trend.slope()).isZero();
  }
}
