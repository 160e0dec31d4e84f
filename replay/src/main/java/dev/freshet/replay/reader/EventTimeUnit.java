package dev.freshet.replay.reader;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How a recorded time is written. */
public enum EventTimeUnit {
  /** Seconds since 1970-01-01T00:00:00Z, also with a fraction. */
  SECONDS("s", 3, "a number of seconds since 1970"),
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  MILLIS("ms", 0, "a number of milliseconds since 1970"),
  /** Microseconds since 1970-01-01T00:00:00Z. */
  MICROS("us", -3, "a number of microseconds since 1970"),
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  NANOS("ns", -6, "a number of nanoseconds since 1970"),
  /** ISO 8601, such as 2026-01-31T12:00:00Z; without an offset it is UTC, a date is midnight. */
  ISO("iso", 0, "an ISO 8601 time such as 2026-01-31T12:00:00Z");

  private static final DateTimeFormatter ISO_TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  /** A number of up to so many digits goes through {@code long} without overflow, in any unit. */
  private static final int SHORT_NUMBER = 15;

  /** The bound is above what a time needs; it keeps a hostile number from being computed with. */
  private static final int LONGEST_NUMBER = 40;

  private final String code;
  private final int powerOfTen;
  private final String description;

  EventTimeUnit(String code, int powerOfTen, String description) {
    this.code = code;
    this.powerOfTen = powerOfTen;
    this.description = description;
  }

  /** The name on the command line: {@code s}, {@code ms}, {@code us}, {@code ns} or {@code iso}. */
  public String code() {
    return code;
  }

  /** What a time of this unit is, for a message: "a number of seconds since 1970". */
  public String description() {
    return description;
  }

  /**
   * The unit of that name, as on the command line.
   *
   * @throws ReplayInputException if there is none
   */
  public static EventTimeUnit parse(String code) {
    for (EventTimeUnit unit : values()) {
      if (unit.code.equals(code)) {
        return unit;
      }
    }
    throw new ReplayInputException(
        "Unknown time unit '" + code + "'. Give --time-unit s, ms, us, ns or iso.");
  }

  /**
   * The unit that most of the texts speak for: ISO 8601 by its form, the others by magnitude, so
   * that the time falls between 1973 and 5138. Empty when none is a time.
   */
  static Optional<EventTimeUnit> guess(Collection<String> texts) {
    Map<EventTimeUnit, Integer> votes = new EnumMap<>(EventTimeUnit.class);
    for (String text : texts) {
      guess(text.strip()).ifPresent(unit -> votes.merge(unit, 1, Integer::sum));
    }
    return votes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  private static Optional<EventTimeUnit> guess(String text) {
    try {
      BigDecimal number = number(text).abs();
      if (number.signum() == 0) {
        return Optional.empty();
      }
      int digits = number.precision() - number.scale();
      if (digits <= 11) {
        return Optional.of(SECONDS);
      }
      return Optional.of(digits <= 14 ? MILLIS : digits <= 17 ? MICROS : NANOS);
    } catch (NumberFormatException notANumber) {
      try {
        ISO.toMillis(text);
        return Optional.of(ISO);
      } catch (DateTimeException notATimeEither) {
        return Optional.empty();
      }
    }
  }

  /**
   * Milliseconds since 1970-01-01T00:00:00Z; fractions of a millisecond are cut towards the past.
   *
   * @throws NumberFormatException if the text is not a number
   * @throws DateTimeException if the text is not an ISO 8601 time
   * @throws ArithmeticException if the time does not fit into 64 bits of milliseconds
   */
  long toMillis(String text) {
    if (this == ISO) {
      return isoMillis(text);
    }
    if (isShortInteger(text)) {
      long number = Long.parseLong(text);
      return switch (this) {
        case SECONDS -> number * 1_000;
        case MICROS -> Math.floorDiv(number, 1_000);
        case NANOS -> Math.floorDiv(number, 1_000_000);
        default -> number;
      };
    }
    BigDecimal number = number(text);
    return number.scaleByPowerOfTen(powerOfTen).setScale(0, RoundingMode.FLOOR).longValueExact();
  }

  private static boolean isShortInteger(String text) {
    int length = text.length();
    if (length == 0 || length > SHORT_NUMBER) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }

  private static BigDecimal number(String text) {
    if (text.length() > LONGEST_NUMBER) {
      throw new NumberFormatException("longer than any time");
    }
    BigDecimal number = new BigDecimal(text);
    if (Math.abs((long) number.scale()) > LONGEST_NUMBER) {
      throw new NumberFormatException("not the magnitude of a time");
    }
    return number;
  }

  private static long isoMillis(String text) {
    // A space between date and time is what databases export.
    String iso =
        text.length() > 10 && text.charAt(10) == ' '
            ? text.substring(0, 10) + 'T' + text.substring(11)
            : text;
    TemporalAccessor time =
        ISO_TIME.parseBest(iso, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
    if (time instanceof OffsetDateTime withOffset) {
      return withOffset.toInstant().toEpochMilli();
    }
    if (time instanceof LocalDateTime local) {
      return local.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    return ((LocalDate) time).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }
}
