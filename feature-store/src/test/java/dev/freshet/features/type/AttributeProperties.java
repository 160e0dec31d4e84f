package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AttributeProperties extends TypeContract {

  @Property(tries = 300)
  void text(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(seed, size, "of: item.category", word -> first(values(word, "category")));
  }

  @Property(tries = 300)
  void texts(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(
        seed,
        size,
        "of: item.category\nas: texts",
        word -> values(word, "category").isEmpty() ? null : values(word, "category"));
  }

  @Property(tries = 300)
  void number(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(seed, size, "of: item.price\nas: number", AttributeProperties::price);
  }

  @Property(tries = 300)
  void bucket(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(
        seed,
        size,
        "of: item.price\nas: buckets\nbounds: [0, 10, 50]",
        word -> {
          Double price = price(word);
          if (price == null) {
            return null;
          }
          return price < 0 ? 0L : price < 10 ? 1L : price < 50 ? 2L : 3L;
        });
  }

  @Property(tries = 300)
  void oneHot(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(
        seed,
        size,
        "of: item.category\nas: one-hot\nvalues: [a, 日本, b]",
        word -> {
          List<String> values = values(word, "category");
          return values.isEmpty()
              ? null
              : new double[] {place(values, "a"), place(values, "日本"), place(values, "b")};
        });
  }

  @Property(tries = 300)
  void oneHotWithAPlaceForOthers(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    checkWords(
        seed,
        size,
        "of: item.category\nas: one-hot\nvalues: [a, b]\nother: true",
        word -> {
          List<String> values = values(word, "category");
          boolean other = values.stream().anyMatch(v -> !v.equals("a") && !v.equals("b"));
          return values.isEmpty()
              ? null
              : new double[] {place(values, "a"), place(values, "b"), other ? 1 : 0};
        });
  }

  @Property(tries = 300)
  void ofTheItemLastActedOn(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    List<FeatureEvent> events = Vocabulary.actions(seed, size);
    events.addAll(words(seed + 1, size));
    check(
        "type: attribute\nof: item.category\nfrom: actions",
        events,
        (all, time) ->
            all.stream()
                .filter(event -> event.isAction() && event.item != null)
                .min(Vocabulary.NEWEST_FIRST)
                .map(event -> first(values(event, "category")))
                .orElse(null),
        new Random(seed));
  }

  @Property(tries = 300)
  void deleted(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
    check(
        "type: deleted",
        words(seed, size),
        (events, time) -> newestWord(events).deleted ? 1L : 0L,
        new Random(seed));
  }

  /** With actions in between, which the catalog's words don't mind. */
  private void checkWords(
      long seed, int size, String parameters, Function<FeatureEvent, Object> value) {
    List<FeatureEvent> events = words(seed, size);
    events.addAll(Vocabulary.actions(seed + 1, size));
    check(
        "type: attribute\n" + parameters,
        events,
        (all, time) -> value.apply(newestWord(all)),
        new Random(seed));
  }

  private static List<FeatureEvent> words(long seed, int size) {
    List<FeatureEvent> words = Vocabulary.words(seed, size);
    words.forEach(word -> word.eventId = "word-" + word.eventId);
    return words;
  }

  private static FeatureEvent newestWord(List<FeatureEvent> events) {
    return events.stream()
        .filter(event -> !event.isAction())
        .min(Vocabulary.NEWEST_FIRST)
        .orElseThrow();
  }

  private static List<String> values(FeatureEvent event, String attribute) {
    return Vocabulary.values(event, attribute).toList();
  }

  private static String first(List<String> values) {
    return values.isEmpty() ? null : values.get(0);
  }

  private static double place(List<String> values, String value) {
    return values.contains(value) ? 1 : 0;
  }

  private static Double price(FeatureEvent word) {
    String price = first(values(word, "price"));
    return price == null || price.equals("free") || price.equals("NaN")
        ? null
        : Double.valueOf(price);
  }
}
