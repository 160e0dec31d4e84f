package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A worked example of a page of documentation: a catalog, events as they arrive, and values that
 * are read. docs/features/README.md describes how it is written.
 */
final class DocumentedExample {
  private static final Instant DAY_1 =
      LocalDate.of(2026, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC);
  private static final Pattern TIME = Pattern.compile("(?:day (\\d+) )?(\\d\\d:\\d\\d\\S*)");

  private static final List<String> EVENT_COLUMNS =
      List.of(
          "time",
          "id",
          "user",
          "item",
          "action",
          "session",
          "value",
          "context",
          "attributes",
          "deleted");
  private static final List<String> VALUE_COLUMNS = List.of("as of", "feature", "of", "value");

  private final String place;
  private final FeatureCatalog catalog;
  private final List<FeatureEvent> events = new ArrayList<>();
  private final List<Map<String, String>> values = new ArrayList<>();

  private DocumentedExample(String place, String yaml) {
    this.place = place;
    catalog = FeatureCatalog.parse(place, yaml);
  }

  /** All examples of a page. */
  static List<DocumentedExample> of(String page, List<String> lines) {
    List<DocumentedExample> examples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.equals("```yaml") && lines.get(i + 1).equals("features:")) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
        String yaml = String.join("\n", lines.subList(i + 1, end));
        examples.add(new DocumentedExample(page + ":" + (i + 1), yaml));
        i = end;
      } else if (line.startsWith("|")) {
        int end = i;
        while (end < lines.size() && lines.get(end).startsWith("|")) {
          end++;
        }
        table(page + ":" + (i + 1), lines.subList(i, end), examples);
        i = end - 1;
      }
    }
    return examples;
  }

  private static void table(String place, List<String> lines, List<DocumentedExample> examples) {
    List<String> columns = cells(lines.get(0));
    boolean isOfEvents = columns.get(0).equals("time");
    if (!isOfEvents && !columns.get(0).equals("as of")) {
      return;
    }
    assertThat(examples).as(place + ": a catalog before the table").isNotEmpty();
    assertThat(isOfEvents ? EVENT_COLUMNS : VALUE_COLUMNS).as(place).containsAll(columns);
    DocumentedExample example = examples.get(examples.size() - 1);
    for (String line : lines.subList(2, lines.size())) {
      List<String> cells = cells(line);
      assertThat(cells).as(place + ": " + line).hasSameSizeAs(columns);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < cells.size(); i++) {
        row.put(columns.get(i), cells.get(i));
      }
      if (isOfEvents) {
        example.events.add(event(row, example.events.size() + 1));
      } else {
        example.values.add(row);
      }
    }
  }

  private static List<String> cells(String line) {
    String inner = line.strip().replaceFirst("^\\|", "").replaceFirst("\\|$", "");
    return Arrays.stream(inner.split("\\|", -1))
        .map(cell -> cell.strip().replaceAll("^`|`$", ""))
        .toList();
  }

  private static FeatureEvent event(Map<String, String> row, int number) {
    FeatureEvent event = new FeatureEvent();
    event.time = time(row.get("time"));
    event.eventId = row.getOrDefault("id", "e" + number);
    event.action = orNull(row.getOrDefault("action", "click"));
    event.user = event.action == null ? null : orNull(row.getOrDefault("user", "ada"));
    event.item = orNull(row.getOrDefault("item", "lamp"));
    event.session = orNull(row.getOrDefault("session", ""));
    String value = row.getOrDefault("value", "");
    event.value = value.isEmpty() ? Double.NaN : Double.parseDouble(value);
    event.context = sorted(row.getOrDefault("context", ""));
    event.attributes = sorted(row.getOrDefault("attributes", ""));
    event.deleted = row.getOrDefault("deleted", "").equals("yes");
    return event;
  }

  private static String orNull(String cell) {
    return cell.isEmpty() ? null : cell;
  }

  private static String[] sorted(String cell) {
    return cell.isEmpty()
        ? new String[0]
        : new TreeSet<>(List.of(cell.split(", "))).toArray(String[]::new);
  }

  private static long time(String cell) {
    Matcher matcher = TIME.matcher(cell);
    assertThat(matcher.matches()).as("'" + cell + "' is a time, as 10:00 or day 3 10:00").isTrue();
    long days = matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1)) - 1;
    Duration ofDay = Duration.between(LocalTime.MIN, LocalTime.parse(matcher.group(2)));
    return DAY_1.plus(Duration.ofDays(days)).plus(ofDay).toEpochMilli();
  }

  /** Where it is. */
  String place() {
    return place;
  }

  /** The types of its features. */
  List<String> types() {
    return catalog.features().stream().map(FeatureDefinition::type).toList();
  }

  /** Computes everything anew, and compares. */
  void check() {
    Map<String, Map<String, byte[]>> packed = packed();
    TreeSet<String> unread = new TreeSet<>();
    for (FeatureDefinition feature : catalog.features()) {
      if (feature.source() == FeatureDefinition.Source.JOB) {
        unread.add(feature.name());
      }
    }
    for (Map<String, String> row : values) {
      FeatureDefinition feature = feature(row.get("feature"));
      unread.remove(feature.name());
      String id = row.getOrDefault("of", usualId(feature.entity()));
      assertSame(
          place + ": " + row,
          value(packed.get(feature.entity() + ":" + id), feature, id, time(row.get("as of"))),
          row.get("value"),
          feature);
    }
    assertThat(unread).as(place + ": features of which no value is read").isEmpty();
  }

  private FeatureDefinition feature(String name) {
    List<FeatureDefinition> found =
        catalog.features().stream().filter(feature -> feature.name().equals(name)).toList();
    assertThat(found).as(place + ": feature " + name).hasSize(1);
    return found.get(0);
  }

  private static String usualId(Entity entity) {
    return switch (entity) {
      case USER -> "ada";
      case ITEM -> "lamp";
      case USER_ITEM -> Entity.pair("ada", "lamp");
      case GLOBAL -> Entity.ALL;
    };
  }

  /** By {@code entity:id}, then by group. */
  private Map<String, Map<String, byte[]>> packed() {
    Map<String, Map<String, byte[]>> packed = new HashMap<>();
    for (Entity entity : catalog.entities()) {
      catalog.computed(entity).ifPresent(group -> add(group, packed));
    }
    return packed;
  }

  private void add(FeatureGroup group, Map<String, Map<String, byte[]>> packed) {
    RowUpdater updater = new RowUpdater(group);
    for (FeatureEvent event : events) {
      group
          .entity()
          .idOf(event)
          .ifPresent(
              id ->
                  packed
                      .computeIfAbsent(group.entity() + ":" + id, key -> new HashMap<>())
                      .compute(group.name(), (name, old) -> updater.add(old, List.of(event))));
    }
  }

  private Object value(
      Map<String, byte[]> packed, FeatureDefinition feature, String id, long time) {
    if (packed == null) {
      return feature.defaultValue();
    }
    FeatureValue value =
        new FeatureRow(catalog, feature.entity(), id, packed).at(time).get(feature.name());
    return value.isPresent() ? value.value() : feature.defaultValue();
  }

  private static void assertSame(
      String description, Object actual, String expected, FeatureDefinition feature) {
    if (actual == null || expected.equals("none")) {
      assertThat(actual == null ? "none" : actual).as(description).isEqualTo(expected);
      return;
    }
    switch (feature.valueType()) {
      case LONG -> assertThat(actual).as(description).isEqualTo(Long.valueOf(expected));
      case DOUBLE -> assertRounded(description, (Double) actual, expected);
      case TEXT -> assertThat(actual).as(description).isEqualTo(expected);
      case TEXTS -> assertThat(actual).as(description).isEqualTo(list(expected));
      case NUMBERS -> {
        double[] numbers = (double[]) actual;
        List<String> texts = list(expected);
        assertThat(numbers).as(description).hasSameSizeAs(texts);
        for (int i = 0; i < numbers.length; i++) {
          assertRounded(description, numbers[i], texts.get(i));
        }
      }
      case WEIGHTS -> {
        Map<String, String> weights = new LinkedHashMap<>();
        for (String entry : list(expected)) {
          int space = entry.lastIndexOf(' ');
          weights.put(entry.substring(0, space), entry.substring(space + 1));
        }
        Map<?, ?> map = (Map<?, ?>) actual;
        assertThat(map.keySet().stream().map(String.class::cast).collect(Collectors.toList()))
            .as(description)
            .containsExactlyElementsOf(weights.keySet());
        weights.forEach((text, weight) -> assertRounded(description, map.get(text), weight));
      }
    }
  }

  private static List<String> list(String cell) {
    return cell.equals("[]") ? List.of() : List.of(cell.split(", "));
  }

  /** A number is right if it is within half of the last digit that is written. */
  private static void assertRounded(String description, Object actual, String written) {
    BigDecimal expected = new BigDecimal(written);
    BigDecimal half = new BigDecimal("0.5000001").movePointLeft(expected.scale());
    assertThat(new BigDecimal((Double) actual).subtract(expected).abs())
        .as(description + ": " + actual)
        .isLessThanOrEqualTo(half);
  }
}
