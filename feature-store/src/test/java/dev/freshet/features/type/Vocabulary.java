package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Events whose texts are the point: many of them, of every kind of character, skewed. */
final class Vocabulary {
  /** One, two, three and four bytes; an empty one; one that is the beginning of others. */
  private static final String[] TEXTS = {
    "a", "ab", "", "b", "ü", "é", "√", "日本", "日", "\uD83D\uDE00", "\uFFFD", "z=1", "x y", "0"
  };

  /** The order of texts of the same weight: by code point, as UTF-8 bytes are. */
  static final Comparator<String> BY_BYTES =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  /** The order of a tie: that of an event's own number, the greater one first. */
  static final Comparator<FeatureEvent> NEWEST_FIRST =
      Comparator.comparingLong((FeatureEvent event) -> event.time)
          .thenComparingLong(FeatureEvent::tieBreak)
          .reversed();

  private Vocabulary() {}

  /** As {@link EventStreams#random}, with other categories; all within some days. */
  static List<FeatureEvent> actions(long seed, int size) {
    List<FeatureEvent> events = EventStreams.random(seed, size);
    Random random = new Random(~seed);
    for (FeatureEvent event : events) {
      if (event.item != null) {
        event.attributes = attributes(random);
      }
    }
    return events;
  }

  /** The catalog's words on one item, some of them that it is deleted. */
  static List<FeatureEvent> words(long seed, int size) {
    List<FeatureEvent> events = EventStreams.random(seed, size);
    Random random = new Random(~seed);
    for (FeatureEvent event : events) {
      event.user = null;
      event.action = null;
      event.item = "lamp";
      event.value = Double.NaN;
      event.context = new String[] {};
      event.deleted = random.nextInt(5) == 0;
      event.attributes = event.deleted ? new String[] {} : attributes(random);
    }
    return events;
  }

  /** Clicks of one user on items that become rarer by their number. */
  static List<FeatureEvent> skewed(long seed, int size, int items) {
    Random random = new Random(seed);
    List<FeatureEvent> events = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      FeatureEvent event = new FeatureEvent();
      event.eventId = "e" + i;
      event.time = 1_700_000_000_000L + i * 1_000L;
      event.user = "u";
      event.action = "click";
      event.item = "i" + (int) (items * Math.pow(random.nextDouble(), 4));
      events.add(event);
    }
    Collections.shuffle(events, random);
    return events;
  }

  private static String[] attributes(Random random) {
    TreeSet<String> attributes = new TreeSet<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      attributes.add("category=" + TEXTS[random.nextInt(TEXTS.length)]);
    }
    if (random.nextInt(4) > 0) {
      String[] prices = {"10", "9.999", "1e3", "-5", "50", "free", "NaN", "0"};
      attributes.add("price=" + prices[random.nextInt(prices.length)]);
    }
    return attributes.toArray(String[]::new);
  }

  /** An event's values of an attribute, in order. */
  static Stream<String> values(FeatureEvent event, String attribute) {
    return Arrays.stream(event.attributes)
        .filter(entry -> entry.startsWith(attribute + "="))
        .map(entry -> entry.substring(attribute.length() + 1));
  }
}
