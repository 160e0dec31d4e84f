package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DecayedSumTest {
  private static final long HOUR = 3_600_000;
  private static final long START = 1_700_000_000_000L;

  record Event(long time, double weight) {}

  private static DecayedSum sum(long halfLife, List<Event> events) {
    DecayedSum sum = new DecayedSum(halfLife);
    events.forEach(e -> sum.add(e.time(), e.weight()));
    return sum;
  }

  private static byte[] bytes(DecayedSum sum) {
    return Streams.write(sum::write);
  }

  /**
   * Within 1e-12 of what the events count without their signs, and of what is dropped: nothing of
   * the newest 64 half-lives, and of older ones not more than 2^-64 of their weights at the time of
   * the newest event.
   */
  @Property
  void isTheSumOfWhatIsLeftOfEveryEvent(
      @ForAll("events") List<Event> events,
      @ForAll @LongRange(min = 1000, max = 100 * HOUR) long halfLife,
      @ForAll @LongRange(min = -20, max = 200) long halfLivesAfter) {
    long newest = events.stream().mapToLong(Event::time).max().orElseThrow();
    long readTime = newest + halfLivesAfter * halfLife + 17;
    double expected = 0;
    double magnitude = 0;
    double weights = 0;
    for (Event event : events) {
      double left = event.weight() * Math.pow(2, (event.time() - readTime) / (double) halfLife);
      expected += left;
      magnitude += Math.abs(left);
      weights += Math.abs(event.weight());
    }
    double dropped = weights * Math.pow(2, -64.0 - halfLivesAfter);
    assertThat(sum(halfLife, events).valueAt(readTime))
        .isCloseTo(expected, within(1e-12 * magnitude + dropped));
  }

  @Property(tries = 2000)
  void neitherOrderNorSplitChangesABit(
      @ForAll("anyEvents") List<Event> events,
      @ForAll @LongRange(min = 1, max = 1000 * HOUR) long halfLife,
      @ForAll long readTime,
      @ForAll Random random)
      throws IOException {
    DecayedSum expected = sum(halfLife, events);

    List<Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);
    List<DecayedSum> parts =
        List.of(new DecayedSum(halfLife), new DecayedSum(halfLife), new DecayedSum(halfLife));
    for (Event event : shuffled) {
      DecayedSum part = parts.get(random.nextInt(3));
      part.add(event.time(), event.weight());
      if (random.nextInt(5) == 0) {
        Streams.read(bytes(part), part::read);
      }
    }
    parts.get(2).merge(parts.get(0));
    parts.get(1).merge(parts.get(2));

    assertThat(bytes(parts.get(1))).isEqualTo(bytes(expected));
    assertThat(Double.doubleToRawLongBits(parts.get(1).valueAt(readTime)))
        .isEqualTo(Double.doubleToRawLongBits(expected.valueAt(readTime)));
    assertThat(expected.valueAt(readTime)).isNotNaN();
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.longs().between(START, START + 1000 * HOUR),
            Arbitraries.doubles().between(-1000, 1000))
        .as(Event::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(50);
  }

  /** Near each other, in the same span or its neighbours, at the same time, or anywhere. */
  @Provide
  Arbitrary<List<Event>> anyEvents() {
    Arbitrary<Long> times =
        Arbitraries.oneOf(
            Arbitraries.longs().between(START, START + 1000),
            Arbitraries.longs().between(-500, 500),
            Arbitraries.longs().between(-500 * HOUR, 500 * HOUR),
            Arbitraries.of(Long.MIN_VALUE, -1L, 0L, START, Long.MAX_VALUE),
            Arbitraries.longs());
    Arbitrary<Double> weights =
        Arbitraries.oneOf(
            Arbitraries.doubles().between(-10, 10),
            Arbitraries.of(0.0, -0.0, 1.0, -1.0, Double.MIN_VALUE, DecayedSum.MAX_WEIGHT));
    Arbitrary<Event> near =
        Combinators.combine(Arbitraries.longs().between(-200, 200), weights).as(Event::new);
    return Arbitraries.oneOf(
            near.list().ofMaxSize(30),
            Combinators.combine(times, weights).as(Event::new).list().ofMaxSize(30))
        .withoutEdgeCases();
  }

  @Test
  void halvesWithEveryHalfLifeAndDoublesBackwards() {
    DecayedSum sum = sum(HOUR, List.of(new Event(5 * HOUR, 8)));
    assertThat(sum.valueAt(5 * HOUR)).isEqualTo(8);
    assertThat(sum.valueAt(6 * HOUR)).isEqualTo(4);
    assertThat(sum.valueAt(4 * HOUR)).isEqualTo(16);
    assertThat(sum.valueAt(200 * HOUR)).isEqualTo(Math.scalb(8.0, -195));
    assertThat(sum.valueAt(-100 * HOUR)).isEqualTo(Math.scalb(8.0, 105));
    assertThat(sum.valueAt(5 * HOUR + HOUR / 2)).isCloseTo(8 / Math.sqrt(2), within(1e-12));
  }

  @Test
  void keepsTheSpanOfTheNewestEventAndTheOneBefore() {
    DecayedSum sum = sum(1, List.of(new Event(0, 1), new Event(63, 1)));
    assertThat(sum.valueAt(63)).isEqualTo(1 + Math.scalb(1.0, -63));
    sum.add(64, 0);
    assertThat(sum.valueAt(63)).isEqualTo(1 + Math.scalb(1.0, -63));
    sum.add(128, 0);
    assertThat(sum.valueAt(63)).isZero();
    sum.add(63, 1);
    assertThat(sum.valueAt(63)).as("too late").isZero();
    sum.add(64, 3);
    assertThat(sum.valueAt(64)).isEqualTo(3);
    sum.add(1000, 2);
    assertThat(sum.valueAt(1000)).isEqualTo(2);
  }

  @Test
  void fadesToPlainZeroAndGrowsToInfinity() {
    DecayedSum sum = sum(1, List.of(new Event(0, -3)));
    assertThat(Double.doubleToRawLongBits(sum.valueAt(Long.MAX_VALUE))).isZero();
    assertThat(sum.valueAt(Long.MIN_VALUE)).isEqualTo(Double.NEGATIVE_INFINITY);
    sum.add(0, 3);
    assertThat(Double.doubleToRawLongBits(sum.valueAt(Long.MIN_VALUE))).isZero();
  }

  @Test
  void eventsThatCancelOutAreEvents() throws IOException {
    DecayedSum sum = new DecayedSum(HOUR);
    assertThat(sum.isEmpty()).isTrue();
    assertThat(sum.valueAt(START)).isZero();
    assertThat(bytes(sum)).containsExactly(0);
    sum.add(START, 2);
    sum.add(START, -2);
    assertThat(sum.isEmpty()).isFalse();
    assertThat(sum.valueAt(START)).isZero();
    DecayedSum read = new DecayedSum(HOUR);
    Streams.read(bytes(sum), read::read);
    assertThat(read.isEmpty()).isFalse();
    sum.clear();
    assertThat(sum.isEmpty()).isTrue();
    assertThat(bytes(sum)).containsExactly(0);
    read.merge(sum);
    assertThat(read.isEmpty()).isFalse();
  }

  @Test
  void mergesWithItself() {
    DecayedSum sum = sum(1, List.of(new Event(0, 1), new Event(64, 5)));
    sum.merge(sum);
    assertThat(sum.valueAt(64)).isEqualTo(10 + Math.scalb(1.0, -63));
  }

  @Test
  void refusesWhatCannotBeSummed() {
    DecayedSum sum = new DecayedSum(HOUR);
    assertThatThrownBy(() -> sum.add(START, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not NaN");
    assertThatThrownBy(() -> sum.add(START, Math.nextUp(DecayedSum.MAX_WEIGHT)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(sum.isEmpty()).isTrue();
    assertThatThrownBy(() -> sum.merge(new DecayedSum(2 * HOUR)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3600000 ms and 7200000 ms");
    assertThatThrownBy(() -> new DecayedSum(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DecayedSum(Long.MAX_VALUE / 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> Streams.read(new byte[] {5}, sum::read))
        .isInstanceOf(StreamCorruptedException.class);
  }
}
