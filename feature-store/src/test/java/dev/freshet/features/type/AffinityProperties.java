package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.RowUpdater;
import dev.freshet.yaml.ConfigurationException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AffinityProperties extends TypeContract {
  private static final long HOUR = 3_600_000;

  /** How many texts are shown; what the oracle gives is all of them. */
  private int shown;

  /**
   * Weights are rounded to 2^-20, so each is right to a millionth, and texts that are as close as
   * that may change places. What is forgotten weighs less than that, too.
   */
  @Override
  protected void assertSame(Object actual, Object expected, String description) {
    Map<?, ?> all = (Map<?, ?>) expected;
    if (all.isEmpty()) {
      assertThat(actual).as(description).isNull();
      return;
    }
    Map<?, ?> values = (Map<?, ?>) actual;
    List<Double> falling =
        all.values().stream().map(Double.class::cast).sorted(Comparator.reverseOrder()).toList();
    int place = 0;
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      double value = (Double) entry.getValue();
      assertThat(value).as(description + entry).isCloseTo(number(all, entry.getKey()), near());
      assertThat(value).as(description + entry).isCloseTo(falling.get(place++), near());
    }
    for (; place < Math.min(shown, falling.size()); place++) {
      assertThat(falling.get(place)).as(description + values).isCloseTo(0, near());
    }
  }

  private static double number(Map<?, ?> all, Object key) {
    return (Double) all.get(key);
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return within(2e-6);
  }

  @Property(tries = 300)
  void shares(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 20) int limit) {
    shown = limit;
    check(
        "type: affinity\nof: item.category\nhalf-life: 12h\nsize: " + limit,
        Vocabulary.actions(seed, size),
        (events, time) -> {
          // As of the newest event, since shares don't change without one.
          long newest = events.get(events.size() - 1).time;
          Map<String, Double> sums = categories(events, newest, 12 * HOUR, event -> 1);
          double all = sums.values().stream().mapToDouble(Double::doubleValue).sum();
          sums.replaceAll((text, sum) -> sum / all);
          return sums;
        },
        new Random(seed));
  }

  @Property(tries = 300)
  void weightedDecayedCounts(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    shown = 10;
    check(
        "type: affinity\nof: item.category\nhalf-life: 7d\nshares: false"
            + "\nweights: [view=0.25, click=0, purchase=2.5]",
        Vocabulary.actions(seed, size),
        (events, time) ->
            categories(
                events,
                time,
                7 * 24 * HOUR,
                event ->
                    switch (event.action) {
                      case "view" -> 0.25;
                      case "purchase" -> 2.5;
                      default -> 0;
                    }),
        new Random(seed));
  }

  /** Many epochs pass within these events, and late ones come from forgotten ones. */
  @Property(tries = 500)
  void aHalfLifeThatIsShortBesideTheGaps(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    shown = 10;
    check(
        "type: affinity\nof: item.category\nhalf-life: 1m\nshares: false",
        Vocabulary.actions(seed, size),
        (events, time) -> categories(events, time, 60_000, event -> 1),
        new Random(seed));
  }

  @Property(tries = 300)
  void popularity(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    shown = 5;
    check(
        "type: popularity-rank\nhalf-life: 1d\nsize: 5\ncapacity: 12",
        EventStreams.random(seed, size),
        (events, time) -> sums(events, time, 24 * HOUR, e -> 1, e -> Stream.ofNullable(e.item)),
        new Random(seed));
  }

  /** Beyond the capacity: never too low, too high by at most all / capacity, none missing. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void beyondItsCapacityTheErrorIsBounded(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 600) int size,
      @ForAll @IntRange(min = 1, max = 30) int capacity,
      @ForAll @IntRange(min = 1, max = 4) int parts) {
    FeatureCatalog catalog =
        catalog(
            "type: popularity-rank\nhalf-life: 10s\nsize: %1$d\ncapacity: %1$d"
                .formatted(capacity));
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
    long time = 1_700_000_000_000L + size * 1_000L;
    Map<?, ?> actual = (Map<?, ?>) value(catalog, packed, time);
    Map<String, Double> exact = sums(events, time, 10_000, e -> 1, e -> Stream.of(e.item));
    double bound = exact.values().stream().mapToDouble(Double::doubleValue).sum() / capacity + 1e-4;
    actual.forEach(
        (text, sum) ->
            assertThat((Double) sum)
                .as(text + " of " + exact)
                .isBetween(number(exact, text) - 1e-4, number(exact, text) + bound));
    exact.forEach(
        (text, sum) -> {
          if (sum > bound) {
            assertThat(actual.containsKey(text)).as(text + " in " + actual).isTrue();
          }
        });
  }

  /** Texts that weigh the same are in the order of texts, whatever came first. */
  @Property(tries = 50)
  void tiesAreInTheOrderOfTexts(@ForAll long seed) {
    FeatureCatalog catalog = catalog("type: affinity\nof: item.category\nhalf-life: 1h\nsize: 9");
    RowUpdater updater = new RowUpdater(catalog.computed(Entity.USER).orElseThrow());
    List<FeatureEvent> events = new ArrayList<>();
    for (String text : List.of("ab", "a", "\uFFFD", "\uD83D\uDE00", "ü")) {
      FeatureEvent event = EventStreams.random(seed, 1).get(0);
      event.eventId = text;
      event.item = "i";
      event.attributes = new String[] {"category=" + text};
      events.add(event);
    }
    Collections.shuffle(events, new Random(seed));
    Map<?, ?> value = (Map<?, ?>) value(catalog, oneByOne(updater, events), events.get(0).time);
    assertThat(value.keySet().toString()).isEqualTo("[a, ab, ü, \uFFFD, \uD83D\uDE00]");
    assertThat(value.values()).allSatisfy(share -> assertThat(share).isEqualTo(0.2));
  }

  @Example
  void everyBadWeightIsReportedWithItsLine() {
    assertThatThrownBy(
            () ->
                catalog(
                    "type: affinity\nof: item.category\nhalf-life: 1h\ncapacity: 5\n"
                        + "weights: [view, click=-1, =2, view=1, view=2, cart=1e9, buy=0.0001]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'view' is no action with a weight")
        .hasMessageContaining("'click=-1' is no")
        .hasMessageContaining("'=2' is no")
        .hasMessageContaining("has view twice")
        .hasMessageContaining("'cart=1e9' is no")
        .hasMessageContaining("'buy=0.0001' is no")
        .hasMessageContaining("5 is less than the size, 10")
        .hasMessageContaining("test.yaml:9");
  }

  private static Map<String, Double> categories(
      List<FeatureEvent> events, long time, long halfLife, ToDoubleFunction<FeatureEvent> weight) {
    return sums(events, time, halfLife, weight, e -> Vocabulary.values(e, "category"));
  }

  private static Map<String, Double> sums(
      List<FeatureEvent> events,
      long time,
      long halfLife,
      ToDoubleFunction<FeatureEvent> weight,
      Function<FeatureEvent, Stream<String>> field) {
    Map<String, Double> sums = new HashMap<>();
    for (FeatureEvent event : events) {
      double now =
          weight.applyAsDouble(event) * Math.pow(2, (event.time - time) / (double) halfLife);
      if (weight.applyAsDouble(event) > 0) {
        field.apply(event).forEach(text -> sums.merge(text, now, Double::sum));
      }
    }
    return sums;
  }
}
