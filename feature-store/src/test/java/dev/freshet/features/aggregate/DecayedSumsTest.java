package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DecayedSumsTest {
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(Long.SIZE);

  /** Two numbers of 128 bits, the newer counting 2^64 times the older. */
  private static BigInteger exact(long[] sum) {
    return number(sum, 0).shiftLeft(Long.SIZE).add(number(sum, 2));
  }

  private static BigInteger number(long[] sum, int at) {
    BigInteger low = BigInteger.valueOf(sum[at + 1]);
    return BigInteger.valueOf(sum[at]).multiply(WORD).add(low.signum() < 0 ? low.add(WORD) : low);
  }

  @Property
  void sumsAreExactAndOrderedAsTheyShould(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int size) {
    Random random = new Random(seed);
    DecayedSums sums = new DecayedSums(1_000);
    long[] one = new long[DecayedSums.WORDS];
    long[] other = new long[DecayedSums.WORDS];
    BigInteger exactOne = BigInteger.ZERO;
    for (int i = 0; i < size; i++) {
      long[] event = new long[DecayedSums.WORDS];
      sums.set(event, random.nextInt(128_000), DecayedSums.MAX_WEIGHT * random.nextDouble(), 1);
      DecayedSums.add(one, 0, event, 0);
      exactOne = exactOne.add(exact(event));
      if (i > 0) {
        DecayedSums.add(other, 0, event, 0);
      }
    }
    assertThat(exact(one)).isEqualTo(exactOne);
    assertThat(Integer.signum(DecayedSums.compare(one, 0, other, 0)))
        .isEqualTo(exact(one).compareTo(exact(other)));
    assertThat(DecayedSums.compare(one, 0, one, 0)).isZero();
    assertThat(DecayedSums.undecayed(one, 0))
        .isCloseTo(exactOne.doubleValue() * 0x1p-64, within(exactOne.doubleValue() * 0x1p-115));
  }

  @Property
  void anEventWeighsWhatItShould(
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 2_000_000_000_000L) long time,
      @ForAll @LongRange(min = 1, max = DecayedSums.MAX_HALF_LIFE) long halfLife,
      @ForAll @IntRange(min = 0, max = 20) int halfLives) {
    DecayedSums sums = new DecayedSums(halfLife);
    long[] sum = new long[DecayedSums.WORDS];
    long epoch = sums.epoch(time);
    sums.set(sum, time, 3, epoch);
    double expected = 3 * Math.pow(2, -halfLives);
    assertThat(sums.at(sum, 0, epoch, time + halfLives * halfLife))
        .isCloseTo(expected, within(expected * 0x1p-21));
    long[] moved = sum.clone();
    DecayedSums.advance(moved, 0, 1);
    assertThat(sums.at(moved, 0, epoch + 1, time + halfLives * halfLife))
        .isEqualTo(sums.at(sum, 0, epoch, time + halfLives * halfLife));
    sums.set(sum, time, 3, epoch + 1);
    assertThat(sum).isEqualTo(moved);
  }

  @Test
  void whatIsOlderThanTwoEpochsIsForgotten() {
    DecayedSums sums = new DecayedSums(10);
    long[] sum = new long[DecayedSums.WORDS];
    sums.set(sum, 630, 1, 0);
    DecayedSums.advance(sum, 0, 2);
    assertThat(sum).containsOnly(0);
  }

  @Test
  void theGreatestSumsDontOverflow() {
    DecayedSums sums = new DecayedSums(1);
    long[] sum = new long[DecayedSums.WORDS];
    sums.set(sum, 63, DecayedSums.MAX_WEIGHT, 0);
    for (int doubled = 0; doubled < 32; doubled++) {
      DecayedSums.add(sum, 0, sum.clone(), 0);
    }
    assertThat(sums.at(sum, 0, 0, 63)).isEqualTo(0x1p32 * DecayedSums.MAX_WEIGHT);
  }

  @Test
  void theOrderOfEventsDoesNotMatter() {
    DecayedSums sums = new DecayedSums(100_000_000);
    List<Integer> times = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      times.add(i * 1_234_567 % 1_000_000_007);
    }
    long[] first = sum(sums, times);
    Collections.shuffle(times, new Random(1));
    assertThat(sum(sums, times)).isEqualTo(first);
  }

  private static long[] sum(DecayedSums sums, List<Integer> times) {
    long[] sum = new long[DecayedSums.WORDS];
    long[] event = new long[DecayedSums.WORDS];
    for (int time : times) {
      sums.set(event, time, 0.1, 0);
      DecayedSums.add(sum, 0, event, 0);
    }
    return sum;
  }

  @Test
  void aHalfLifeHasToFit() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DecayedSums(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DecayedSums(DecayedSums.MAX_HALF_LIFE + 1));
  }
}
