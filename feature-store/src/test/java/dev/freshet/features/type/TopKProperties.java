package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.RowUpdater;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TopKProperties extends TypeContract {

  /** Maps have to be of the same order, too. */
  @Override
  protected void assertSame(Object actual, Object expected, String description) {
    if (expected == null) {
      assertThat(actual).as(description).isNull();
    } else {
      assertThat(List.copyOf(((Map<?, ?>) actual).entrySet()))
          .as(description)
          .isEqualTo(List.copyOf(((Map<?, ?>) expected).entrySet()));
    }
  }

  @Property(tries = 300)
  void ofAllTime(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 20) int shown) {
    check(
        "type: top-k\nof: item.category\nsize: " + shown,
        Vocabulary.actions(seed, size),
        (events, time) -> top(events, shown),
        new Random(seed));
  }

  /** As many texts as have a place: 14 in all. */
  @Property(tries = 300)
  void upToItsCapacityItIsExact(
      @ForAll long seed, @ForAll @IntRange(min = 40, max = 120) int size) {
    check(
        "type: top-k\nof: item.category\nsize: 14\ncapacity: 14",
        Vocabulary.actions(seed, size),
        (events, time) -> top(events, 14),
        new Random(seed));
  }

  @Property(tries = 300)
  void inAWindow(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    check(
        "type: top-k\nof: item.category\nsize: 3\nwindow: 2d\ntile: 12h",
        Vocabulary.actions(seed, size),
        (events, time) -> {
          long newest = Math.floorDiv(time, 43_200_000L);
          return top(
              events.stream()
                  .filter(event -> Math.floorDiv(event.time, 43_200_000L) > newest - 4)
                  .toList(),
              3);
        },
        new Random(seed));
  }

  /** Beyond its capacity: never too low, too high by at most all / capacity, none missing. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void beyondItsCapacityTheErrorIsBounded(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 600) int size,
      @ForAll @IntRange(min = 1, max = 30) int capacity,
      @ForAll @IntRange(min = 1, max = 4) int parts) {
    FeatureCatalog catalog =
        catalog("type: top-k\nof: item\nsize: " + capacity + "\ncapacity: " + capacity);
    RowUpdater updater = new RowUpdater(catalog.computed(Entity.USER).orElseThrow());
    List<FeatureEvent> events = Vocabulary.skewed(seed, size, 100);
    byte[] packed = null;
    for (int part = 0; part < parts; part++) {
      List<FeatureEvent> some = events.subList(part * size / parts, (part + 1) * size / parts);
      if (!some.isEmpty()) {
        byte[] more = oneByOne(updater, some);
        packed = packed == null ? more : updater.merge(packed, more);
      }
    }
    Map<?, ?> actual = (Map<?, ?>) value(catalog, packed, Long.MAX_VALUE / 2);
    Map<String, Double> exact = new TreeMap<>();
    events.forEach(event -> exact.merge(event.item, 1.0, Double::sum));
    double bound = (double) size / capacity;
    actual.forEach(
        (text, count) ->
            assertThat((Double) count)
                .as(text + " of " + exact)
                .isBetween(exact.get((String) text), exact.get((String) text) + bound));
    exact.forEach(
        (text, count) -> {
          if (count > bound) {
            assertThat(actual.containsKey(text)).as(text + " in " + actual).isTrue();
          }
        });
  }

  private static Map<String, Double> top(List<FeatureEvent> events, int size) {
    TreeMap<String, Double> counts = new TreeMap<>(Vocabulary.BY_BYTES);
    for (FeatureEvent event : events) {
      Vocabulary.values(event, "category").forEach(text -> counts.merge(text, 1.0, Double::sum));
    }
    if (counts.isEmpty()) {
      return null;
    }
    Map<String, Double> top = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(size)
        .forEach(entry -> top.put(entry.getKey(), entry.getValue()));
    return top;
  }
}
