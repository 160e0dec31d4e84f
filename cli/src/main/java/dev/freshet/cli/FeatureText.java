package dev.freshet.cli;

import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.ValueType;
import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import dev.freshet.features.type.Parameters;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Features, their values and their parameters in words. */
final class FeatureText {

  private static final int MOST_SHOWN = 10;
  private static final MathContext SHORT = new MathContext(6);

  /** Number of digits that distinguish any two numbers. */
  private static final MathContext EXACT = new MathContext(17);

  /** Whole numbers in this range are taken for epoch milliseconds: 2001 to 2286. */
  private static final long EARLIEST_TIME = 1_000_000_000_000L;

  private static final long LATEST_TIME = 9_999_999_999_999L;

  private static final String LABEL = "feature";
  private static final String LIST_SEPARATOR = "\u0000";

  private FeatureText() {}

  /** A parameter of a feature, as it is written in the catalog file. */
  record Parameter(String key, List<String> values, boolean isDefault) {

    /** The value as YAML. */
    String yaml() {
      return values.size() == 1
          ? quoted(values.get(0))
          : values.stream().map(FeatureText::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /**
   * The parameters of a feature, by key. Only the type defines what a number means and what the
   * default is. So it is asked to read the parameters with a unit, and without each of them.
   */
  static List<Parameter> parameters(FeatureDefinition feature) {
    FeatureType type = FeatureTypes.of(feature.type()).orElseThrow();
    Map<String, List<String>> written = new TreeMap<>();
    feature
        .parameters()
        .forEach((key, value) -> written.put(key, List.of(value.split(LIST_SEPARATOR, -1))));
    // A key may be read only when another one, such as the window of a tile, is right.
    Map<String, String> unitless = new TreeMap<>(feature.parameters());
    boolean found = true;
    while (found) {
      found = unitless.entrySet().removeIf(number -> addUnit(type, number, written));
    }
    List<Parameter> parameters = new ArrayList<>();
    written.forEach(
        (key, values) -> {
          Map<String, List<String>> without = new LinkedHashMap<>(written);
          without.remove(key);
          boolean isDefault = isSame(type, without, feature.parameters());
          parameters.add(new Parameter(key, values, isDefault));
        });
    return parameters;
  }

  /**
   * Writes a number as a duration if the type then reads the same number; returns whether it did.
   */
  private static boolean addUnit(
      FeatureType type, Map.Entry<String, String> number, Map<String, List<String>> written) {
    String key = number.getKey();
    Map<String, List<String>> withUnit = new LinkedHashMap<>(written);
    withUnit.put(key, List.of(number.getValue() + "ms"));
    Problems problems = new Problems();
    Parameters parameters = read(type, withUnit, problems);
    if (problems.has(LABEL + "." + key)
        || !number.getValue().equals(parameters.canonical().get(key))) {
      return false;
    }
    written.put(key, List.of(duration(Long.parseLong(number.getValue()))));
    return true;
  }

  /** Whether a type finds nothing wrong with what is written, and the given parameters in it. */
  private static boolean isSame(
      FeatureType type, Map<String, List<String>> written, Map<String, String> canonical) {
    Problems problems = new Problems();
    Parameters parameters = read(type, written, problems);
    try {
      problems.throwIfAny();
      return parameters.canonical().equals(canonical);
    } catch (ConfigurationException e) {
      return false;
    }
  }

  private static Parameters read(
      FeatureType type, Map<String, List<String>> written, Problems problems) {
    Origin nowhere = new Origin("", 0, 0);
    Map<String, Parameters.Value> values = new LinkedHashMap<>();
    written.forEach(
        (key, texts) -> values.put(key, new Parameters.Value(texts, texts.size() > 1, nowhere)));
    Parameters parameters = new Parameters(LABEL, nowhere, values, problems);
    type.configure(parameters);
    parameters.reportUnknown(List.of());
    return parameters;
  }

  /** The parameters that aren't at their defaults, on one line. */
  static String parametersInShort(FeatureDefinition feature) {
    List<String> parts = new ArrayList<>();
    if (!feature.actions().isEmpty()) {
      parts.add(String.join("|", feature.actions().stream().sorted().toList()));
    }
    for (Parameter parameter : parameters(feature)) {
      if (!parameter.isDefault()) {
        parts.add(parameter.key() + " " + String.join("|", parameter.values()));
      }
    }
    return String.join(", ", parts);
  }

  /** What the values are: {@code integer}, {@code number}, {@code numbers[32]} … */
  static String shape(FeatureDefinition feature) {
    return switch (feature.valueType()) {
      case LONG -> "integer";
      case DOUBLE -> "number";
      case TEXT -> "text";
      case TEXTS -> "texts";
      case NUMBERS -> "numbers[" + feature.aggregation().length() + "]";
      case WEIGHTS -> "weights";
    };
  }

  /** A time span in milliseconds as the catalog writes it; {@link Long#MAX_VALUE} is for ever. */
  static String duration(long millis) {
    return millis == Long.MAX_VALUE ? "for ever" : Scalars.write(Duration.ofMillis(millis));
  }

  /** How long ago something was, to two digits or so. */
  static String age(long millis) {
    if (millis < 0) {
      return "in " + age(-millis);
    }
    if (millis < 10_000) {
      return millis < 1_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
    Duration age = Duration.ofMillis(millis);
    if (age.toMinutes() < 2) {
      return age.toSeconds() + " s";
    }
    if (age.toHours() < 2) {
      return age.toMinutes() + " min";
    }
    return age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " d";
  }

  /** A value for people: rounded and shortened, times readable; {@code null} is none. */
  static String value(Object value) {
    return value(value, SHORT);
  }

  /** A value with all its digits. */
  static String exactValue(Object value) {
    return value(value, EXACT);
  }

  private static String value(Object value, MathContext digits) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Long whole) {
      return whole >= EARLIEST_TIME && whole <= LATEST_TIME
          ? whole + " (" + Instant.ofEpochMilli(whole) + ")"
          : whole.toString();
    }
    if (value instanceof Double number) {
      return number(number, digits);
    }
    if (value instanceof double[] numbers) {
      return list(Arrays.stream(numbers).mapToObj(number -> number(number, digits)).toList());
    }
    if (value instanceof List<?> texts) {
      return list(texts.stream().map(String::valueOf).toList());
    }
    if (value instanceof Map<?, ?> weights) {
      List<String> parts = new ArrayList<>();
      weights.forEach((text, weight) -> parts.add(text + " " + value(weight, digits)));
      return list(parts);
    }
    return value.toString();
  }

  private static String number(double number, MathContext digits) {
    if (!Double.isFinite(number)) {
      return String.valueOf(number);
    }
    BigDecimal rounded = new BigDecimal(number).round(digits).stripTrailingZeros();
    boolean readable = Math.abs(number) < 1e15 && Math.abs(rounded.scale()) < 25;
    return readable ? rounded.toPlainString() : rounded.toString();
  }

  private static String list(List<String> parts) {
    String shown = String.join(", ", parts.subList(0, Math.min(MOST_SHOWN, parts.size())));
    return "["
        + shown
        + (parts.size() > MOST_SHOWN ? ", … " + (parts.size() - MOST_SHOWN) + " more" : "")
        + "]";
  }

  /** The feature as one would write it in the catalog file, without what is the default. */
  static String yaml(FeatureDefinition feature) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("  - name: ").append(feature.name()).append('\n');
    line(yaml, "entity", feature.entity().key());
    line(yaml, "type", feature.type());
    if (feature.source() == FeatureDefinition.Source.STORE) {
      line(yaml, "source", "store");
      line(yaml, "group", feature.group());
    }
    if (!feature.actions().isEmpty()) {
      line(yaml, "actions", texts(feature.actions().stream().sorted().toList()));
    }
    for (Parameter parameter : parameters(feature)) {
      if (!parameter.isDefault()) {
        line(yaml, parameter.key(), parameter.yaml());
      }
    }
    if (feature.defaultValue() != null) {
      line(yaml, "default", defaultValue(feature));
    }
    if (feature.ttl() != Long.MAX_VALUE) {
      line(yaml, "ttl", duration(feature.ttl()));
    }
    if (!feature.formerNames().isEmpty()) {
      line(yaml, "was", texts(feature.formerNames()));
    }
    line(yaml, "description", quoted(feature.description()));
    return yaml.toString();
  }

  private static String defaultValue(FeatureDefinition feature) {
    Object value = feature.defaultValue();
    if (feature.valueType() == ValueType.NUMBERS) {
      return Arrays.toString((double[]) value);
    }
    return value instanceof List<?> texts
        ? texts(texts.stream().map(String::valueOf).toList())
        : quoted(value.toString());
  }

  private static void line(StringBuilder yaml, String key, String value) {
    yaml.append("    ").append(key).append(": ").append(value).append('\n');
  }

  private static String texts(List<String> texts) {
    return texts.stream().map(FeatureText::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A text as a YAML scalar: in quotes where it would be read as something else. */
  private static String quoted(String text) {
    boolean plain =
        text.matches("[\\p{L}\\p{N}]([\\p{L}\\p{N} _./()+%-]*[\\p{L}\\p{N}_./()+%-])?")
            || text.matches("-?[0-9.]+");
    return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
