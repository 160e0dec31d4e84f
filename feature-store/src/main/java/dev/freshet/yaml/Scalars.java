package dev.freshet.yaml;

import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of a single value: how each is written in the file and read from it. */
public final class Scalars {
  private static final Map<String, Duration> DURATION_UNITS = new LinkedHashMap<>();

  static {
    DURATION_UNITS.put("ms", Duration.ofMillis(1));
    DURATION_UNITS.put("s", Duration.ofSeconds(1));
    DURATION_UNITS.put("m", Duration.ofMinutes(1));
    DURATION_UNITS.put("h", Duration.ofHours(1));
    DURATION_UNITS.put("d", Duration.ofDays(1));
  }

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern AMOUNT = Pattern.compile("([0-9]+) *([A-Za-zµ]*)");

  /** How a text becomes a value; {@code shown} stands for the text in an error. */
  private interface Parser {
    Object parse(String text, String shown) throws BadValueException;
  }

  private record Type(String noun, Parser parser) {}

  private static final Map<Class<?>, Type> TYPES =
      Map.ofEntries(
          Map.entry(String.class, new Type("text", (text, shown) -> text)),
          Map.entry(Secret.class, new Type("secret text", (text, shown) -> new Secret(text))),
          Map.entry(Integer.class, new Type("whole number", Scalars::parseInt)),
          Map.entry(Long.class, new Type("whole number", Scalars::parseLong)),
          Map.entry(Double.class, new Type("number", Scalars::parseDouble)),
          Map.entry(Boolean.class, new Type("true or false", Scalars::parseBoolean)),
          Map.entry(Duration.class, new Type("duration", Scalars::parseDuration)),
          Map.entry(Instant.class, new Type("time", Scalars::parseInstant)),
          Map.entry(URI.class, new Type("URI", Scalars::parseUri)));

  private Scalars() {}

  /**
   * What a value of this type is called in messages and in the documentation.
   *
   * @throws IllegalArgumentException for a type that the configuration doesn't know
   */
  public static String noun(Class<?> type) {
    if (type.isEnum()) {
      return names(type).keySet().stream().collect(Collectors.joining(" or "));
    }
    return typeOf(type).noun;
  }

  /**
   * Reads a value.
   *
   * @param shown what an error shows in place of the text: the text as it was written, before
   *     environment variables were put in, since one may hold a secret
   */
  public static Object parse(Class<?> type, String text, String shown) throws BadValueException {
    if (type.isEnum()) {
      return parseEnum(type, text, shown);
    }
    return typeOf(type).parser.parse(text, shown);
  }

  /** Writes a value as the file takes it. */
  public static String write(@Nullable Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Duration duration) {
      return writeDuration(duration);
    }
    if (value instanceof Enum<?> constant) {
      return kebab(constant.name());
    }
    return value.toString();
  }

  private static Type typeOf(Class<?> type) {
    Type known = TYPES.get(MethodType.methodType(type).wrap().returnType());
    if (known == null) {
      throw new IllegalArgumentException(type + " is not a type of the configuration.");
    }
    return known;
  }

  private static Integer parseInt(String text, String shown) throws BadValueException {
    long value = parseLong(text, shown);
    if (value != (int) value) {
      throw tooLarge(shown, Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  private static Long parseLong(String text, String shown) throws BadValueException {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw new BadValueException(
          shown + " is not a whole number", "Write digits only, such as 20.");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw tooLarge(shown, Long.MIN_VALUE + " to " + Long.MAX_VALUE);
    }
  }

  private static Double parseDouble(String text, String shown) throws BadValueException {
    if (!DECIMAL.matcher(text).matches()) {
      throw new BadValueException(
          shown + " is not a number", "Write a decimal number, such as 0.5.");
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw tooLarge(shown, -Double.MAX_VALUE + " to " + Double.MAX_VALUE);
    }
    return value;
  }

  private static Boolean parseBoolean(String text, String shown) throws BadValueException {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new BadValueException(shown + " is neither true nor false", "Write true or false.");
    };
  }

  private static Duration parseDuration(String text, String shown) throws BadValueException {
    Matcher amount = AMOUNT.matcher(text);
    if (!amount.matches()) {
      throw new BadValueException(
          shown + " is not a duration",
          "Write a whole number and a unit (ms, s, m, h, d), such as 5ms.");
    }
    if (amount.group(2).isEmpty()) {
      throw new BadValueException(
          shown + " has no unit", "Add one: ms, s, m, h or d (milliseconds to days).");
    }
    Duration unit = DURATION_UNITS.get(amount.group(2));
    if (unit == null) {
      throw new BadValueException(
          shown + " has an unknown unit",
          "The units are ms, s, m, h and d (milliseconds to days).");
    }
    try {
      return Duration.ofMillis(
          Math.multiplyExact(Long.parseLong(amount.group(1)), unit.toMillis()));
    } catch (ArithmeticException | NumberFormatException e) {
      throw tooLarge(shown, "0ms to 106751991167d");
    }
  }

  private static String writeDuration(Duration duration) {
    long millis = duration.toMillis();
    String written = millis + "ms";
    if (millis != 0) {
      for (Map.Entry<String, Duration> unit : DURATION_UNITS.entrySet()) {
        if (millis % unit.getValue().toMillis() == 0) {
          written = millis / unit.getValue().toMillis() + unit.getKey();
        }
      }
    }
    return written;
  }

  private static Instant parseInstant(String text, String shown) throws BadValueException {
    try {
      return text.contains("T") || text.contains("t")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new BadValueException(
          shown + " is not a time",
          "Write an ISO-8601 date (2000-01-31, meaning 00:00 UTC) or a date and time with its"
              + " zone (2000-01-31T08:00:00Z).");
    }
  }

  private static URI parseUri(String text, String shown) throws BadValueException {
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute()) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // The same remedy; the exception would repeat the text, which may come from the environment.
    }
    throw new BadValueException(
        shown + " is not an absolute URI",
        "Write one with its scheme, such as file:///var/lib/freshet or s3://bucket/freshet.");
  }

  private static Object parseEnum(Class<?> type, String text, String shown)
      throws BadValueException {
    Map<String, Object> names = names(type);
    Object constant = names.get(text);
    if (constant == null) {
      throw new BadValueException(
          shown + " is not one of " + String.join(", ", names.keySet()),
          Suggestion.closest(text, names.keySet())
              .map(name -> "Did you mean " + name + "?")
              .orElse("Write one of them."));
    }
    return constant;
  }

  private static Map<String, Object> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .collect(
            Collectors.toMap(
                constant -> kebab(((Enum<?>) constant).name()),
                Function.identity(),
                (a, b) -> a,
                LinkedHashMap::new));
  }

  private static String kebab(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static BadValueException tooLarge(String shown, String range) {
    return new BadValueException(
        shown + " doesn't fit its type", "Write a value from " + range + ".");
  }
}
