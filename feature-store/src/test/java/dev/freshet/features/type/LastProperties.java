package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LastProperties extends TypeContract {

  @Property(tries = 300)
  void item(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    check(
        "type: last\nof: item",
        EventStreams.random(seed, size),
        (events, time) -> first(newest(events, event -> Stream.ofNullable(event.item))),
        new Random(seed));
  }

  @Property(tries = 300)
  void value(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    check(
        "type: last\nof: value\nactions: [view, purchase]",
        EventStreams.random(seed, size),
        (events, time) ->
            first(
                newest(
                    events,
                    event ->
                        event.action.equals("click")
                            ? Stream.empty()
                            : Stream.of(event.value).filter(Double::isFinite))),
        new Random(seed));
  }

  @Property(tries = 300)
  void contextEntry(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    check(
        "type: last\nof: context.device",
        EventStreams.random(seed, size),
        (events, time) ->
            first(
                newest(
                    events,
                    event ->
                        Stream.of(event.context)
                            .filter(entry -> entry.startsWith("device="))
                            .map(entry -> entry.substring("device=".length())))),
        new Random(seed));
  }

  @Property(tries = 300)
  void newestItems(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 12) int limit) {
    check(
        "type: last-n\nof: item\nsize: " + limit,
        EventStreams.random(seed, size),
        (events, time) -> firstOf(limit, newest(events, event -> Stream.ofNullable(event.item))),
        new Random(seed));
  }

  @Property(tries = 500)
  void newestDistinctCategories(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 12) int limit) {
    check(
        "type: last-n\nof: item.category\ndistinct: true\nsize: " + limit,
        Vocabulary.actions(seed, size),
        (events, time) ->
            firstOf(
                limit,
                new ArrayList<>(
                    new LinkedHashSet<>(
                        newest(
                            events,
                            event ->
                                Vocabulary.values(event, "category")
                                    .sorted(Vocabulary.BY_BYTES))))),
        new Random(seed));
  }

  private static <T> List<T> newest(
      List<FeatureEvent> events, Function<FeatureEvent, Stream<T>> field) {
    return events.stream().sorted(Vocabulary.NEWEST_FIRST).flatMap(field).toList();
  }

  private static Object first(List<?> values) {
    return values.isEmpty() ? null : values.get(0);
  }

  private static List<String> firstOf(int limit, List<String> values) {
    return values.isEmpty() ? null : values.subList(0, Math.min(limit, values.size()));
  }
}
