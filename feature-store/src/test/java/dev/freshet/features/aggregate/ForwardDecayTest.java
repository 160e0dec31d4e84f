package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ForwardDecayTest {
  private static final long MINUTE = 60_000;
  private static final long START = 1_700_000_000_000L;

  /** A sum of weights as an operator holds it: advanced, rescaled and added to. */
  private static final class Sum {
    private final ForwardDecay decay;
    private double weight;

    Sum(ForwardDecay decay) {
      this.decay = decay;
    }

    void advance(long time) {
      weight = Math.scalb(weight, decay.advance(time));
    }

    void add(long time) {
      advance(time);
      weight += decay.weight(time);
    }

    double read(long time) {
      advance(time);
      return decay.read(weight, time);
    }
  }

  /** Half-lives from 7 s to 30 days: from no landmark moved in the times' range to a hundred. */
  @Property
  void readsTheSumOfWhatIsLeftOfEveryEvent(
      @ForAll("times") List<Long> times,
      @ForAll @LongRange(min = 7_000, max = 30L * 24 * 60 * MINUTE) long halfLife,
      @ForAll @LongRange(min = 0, max = 10_000 * MINUTE) long readAfter) {
    long readTime = times.stream().mapToLong(t -> t).max().orElseThrow() + readAfter;
    Sum sum = new Sum(new ForwardDecay(halfLife));
    times.forEach(sum::add);

    double expected = 0;
    for (long time : times) {
      expected += Math.pow(2, -(double) (readTime - time) / halfLife);
    }
    assertThat(sum.read(readTime))
        .isCloseTo(expected, within(1e-11 * expected + Math.scalb(1.0, -500)));
  }

  /**
   * One instance sees other events too, or none for a long time: its landmark moves at other times,
   * and nothing that is read changes by a bit.
   */
  @Property
  void whenTheLandmarkMovesDoesNotChangeABit(
      @ForAll("times") List<Long> times,
      @ForAll("times") List<Long> others,
      @ForAll @LongRange(min = 10 * MINUTE, max = 1000 * MINUTE) long halfLife) {
    List<Long> ordered = times.stream().sorted().toList();
    Sum alone = new Sum(new ForwardDecay(halfLife));
    ordered.forEach(alone::add);
    Sum busy = new Sum(new ForwardDecay(halfLife));
    busy.advance(START - 100_000 * MINUTE);
    for (int i = 0; i < ordered.size(); i++) {
      busy.add(ordered.get(i));
      busy.advance(others.get(i % others.size()));
    }

    long readTime = START + 10_000 * MINUTE;
    assertThat(Double.doubleToLongBits(busy.read(readTime)))
        .isEqualTo(Double.doubleToLongBits(alone.read(readTime)));
  }

  @Property
  void weightsAreOrderedAsTimesAre(
      @ForAll("times") List<Long> times,
      @ForAll @LongRange(min = 10 * MINUTE, max = 1000 * MINUTE) long halfLife) {
    ForwardDecay decay = new ForwardDecay(halfLife);
    decay.advance(START + 10_000 * MINUTE);
    List<Long> ordered = times.stream().sorted().toList();
    for (int i = 1; i < ordered.size(); i++) {
      assertThat(decay.weight(ordered.get(i)))
          .isGreaterThanOrEqualTo(decay.weight(ordered.get(i - 1)));
    }
  }

  @Provide
  Arbitrary<List<Long>> times() {
    return Arbitraries.longs()
        .between(START, START + 10_000 * MINUTE)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Test
  void theLandmarkMovesByWholeSpansAndTellsTheExponent() {
    ForwardDecay decay = new ForwardDecay(MINUTE);
    long span = 512 * MINUTE;
    assertThat(decay.landmark()).isZero();
    assertThat(decay.advance(span - 1)).isZero();
    assertThat(decay.weight(span - 1)).isLessThan(Math.scalb(1.0, 512));

    assertThat(decay.advance(span)).isEqualTo(-512);
    assertThat(decay.landmark()).isEqualTo(span);
    assertThat(decay.weight(span)).isEqualTo(1);
    assertThat(decay.weight(span - MINUTE)).isEqualTo(0.5);

    assertThat(decay.advance(4 * span + 7)).isEqualTo(-3 * 512);
    assertThat(decay.landmark()).isEqualTo(4 * span);
    assertThat(decay.advance(3 * span)).as("never back").isZero();
  }

  @Test
  void weightsAndReadsAreExactAtWholeHalfLives() {
    ForwardDecay decay = new ForwardDecay(MINUTE);
    assertThat(decay.weight(10 * MINUTE)).isEqualTo(1024);
    assertThat(decay.read(decay.weight(10 * MINUTE), 13 * MINUTE)).isEqualTo(0.125);
    long odd = 12_345_678;
    assertThat(decay.read(decay.weight(odd), odd)).isEqualTo(1);
  }

  @Test
  void aDistantFirstEventRescalesToZeroWithoutOverflow() {
    ForwardDecay decay = new ForwardDecay(1);
    int exponent = decay.advance(START);
    assertThat(Math.scalb(1e300, exponent)).isZero();
    assertThat(decay.weight(START)).isFinite().isPositive();
  }

  @Test
  void aRestoredLandmarkGoesOnAsBefore() {
    ForwardDecay decay = new ForwardDecay(MINUTE);
    decay.advance(START);
    ForwardDecay restored = new ForwardDecay(MINUTE, decay.landmark());
    assertThat(restored.weight(START)).isEqualTo(decay.weight(START));
    assertThatThrownBy(() -> new ForwardDecay(7 * MINUTE, decay.landmark()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no landmark for a half-life of 420000 ms");
  }

  @Test
  void aTimeBeyondTheSpanHasToBeAdvancedTo() {
    ForwardDecay decay = new ForwardDecay(MINUTE);
    assertThatThrownBy(() -> decay.weight(START)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> decay.read(1, START))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("advance");
  }

  @Test
  void aHalfLifeMustBePositive() {
    assertThatThrownBy(() -> new ForwardDecay(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half-life");
  }
}
