package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DecayedCountTest {
  private static final long HOUR = 3_600_000;

  record Event(long time, double weight) {}

  /** Recomputes the sum from all events, as the definition reads. */
  private static double oracle(List<Event> events, long readTime, long halfLife) {
    double sum = 0;
    for (Event event : events) {
      sum += event.weight() * Math.pow(2, -(double) (readTime - event.time()) / halfLife);
    }
    return sum;
  }

  @Property
  void isTheSumOfWhatIsLeftOfEveryEventInAnyOrder(
      @ForAll("events") List<Event> events,
      @ForAll @LongRange(min = 1, max = 100 * HOUR) long halfLife,
      @ForAll @LongRange(min = 0, max = 100 * HOUR) long readAfter) {
    double value = 0;
    long time = DecayedCount.NEVER;
    for (Event event : events) {
      value = DecayedCount.add(value, time, event.time(), event.weight(), halfLife);
      time = DecayedCount.time(time, event.time());
    }
    long newest = events.stream().mapToLong(Event::time).max().orElseThrow();
    assertThat(time).isEqualTo(newest);

    long readTime = newest + readAfter;
    double expected = oracle(events, readTime, halfLife);
    assertThat(DecayedCount.at(value, time, readTime, halfLife))
        .isCloseTo(expected, within(1e-12 * Math.abs(expected) + 1e-300));
  }

  @Provide
  Arbitrary<List<Event>> events() {
    long start = 1_700_000_000_000L;
    return Combinators.combine(
            Arbitraries.longs().between(start, start + 1000 * HOUR),
            Arbitraries.doubles().between(1, 1000))
        .as(Event::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(50);
  }

  @Test
  void halvesWithEveryHalfLife() {
    double value = DecayedCount.add(0, DecayedCount.NEVER, 5 * HOUR, 8, HOUR);
    assertThat(value).isEqualTo(8);
    assertThat(DecayedCount.at(value, 5 * HOUR, 6 * HOUR, HOUR)).isEqualTo(4);
    assertThat(DecayedCount.at(value, 5 * HOUR, 8 * HOUR, HOUR)).isEqualTo(1);
    assertThat(DecayedCount.at(value, 5 * HOUR, 5 * HOUR + HOUR / 2, HOUR))
        .isCloseTo(8 / Math.sqrt(2), within(1e-12));
  }

  @Test
  void anOlderEventCountsWhatIsLeftOfItAndTheTimeStays() {
    double value = DecayedCount.add(8, 5 * HOUR, 3 * HOUR, 4, HOUR);
    assertThat(value).isEqualTo(9);
    assertThat(DecayedCount.time(5 * HOUR, 3 * HOUR)).isEqualTo(5 * HOUR);
  }

  @Test
  void isNotReadBackToBeforeItsNewestEvent() {
    assertThat(DecayedCount.at(8, 5 * HOUR, HOUR, HOUR)).isEqualTo(8);
  }

  @Test
  void noEventsAreZeroAtAnyTime() {
    assertThat(DecayedCount.at(0, DecayedCount.NEVER, 5 * HOUR, HOUR)).isZero();
  }

  @Test
  void endsAtZeroAndNotInNonsense() {
    assertThat(DecayedCount.at(8, 0, Long.MAX_VALUE, 1)).isZero();
  }

  @Test
  void aHalfLifeMustBePositive() {
    assertThatThrownBy(() -> DecayedCount.at(1, 0, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half-life");
  }
}
