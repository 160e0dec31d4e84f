package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class RateSearchProperties {

  private static int search(RateSearch search, double capacity) {
    int windows = 0;
    for (OptionalDouble rate = search.next(); rate.isPresent(); rate = search.next()) {
      search.tried(rate.getAsDouble(), rate.getAsDouble() <= capacity);
      assertThat(++windows).isLessThan(50);
    }
    return windows;
  }

  @Property
  void findsTheHighestRateToATenthWhereverItBegins(
      @ForAll @DoubleRange(min = 2, max = 400_000) double capacity,
      @ForAll @DoubleRange(min = 0.01, max = 2_000_000) double first) {
    RateSearch search = new RateSearch(first);
    search(search, capacity);

    assertThat(search.highest()).isLessThanOrEqualTo(capacity);
    assertThat(search.highest() * RateSearch.PRECISION).isGreaterThanOrEqualTo(capacity);
  }

  @Example
  void aGoodGuessSavesWindows() {
    assertThat(search(new RateSearch(2_000), 2_500)).isLessThanOrEqualTo(6);
  }

  @Example
  void whatCantDoAnythingHasNoRate() {
    RateSearch search = new RateSearch(500);
    search(search, 0);

    assertThat(search.highest()).isNaN();
  }
}
