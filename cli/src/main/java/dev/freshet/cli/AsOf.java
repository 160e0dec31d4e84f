package dev.freshet.cli;

import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.Scalars;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The time as of which values are read: a given time, or that of the newest event.
 *
 * @param time null: the newest event's
 */
record AsOf(Instant time) {

  private static final String NEWEST = "last";

  boolean isNewest() {
    return time == null;
  }

  /** Reads {@code last}, a date, or a date and time with its zone. */
  static final class Converter implements ITypeConverter<AsOf> {
    @Override
    public AsOf convert(String text) {
      if (text.equals(NEWEST)) {
        return new AsOf(null);
      }
      try {
        return new AsOf((Instant) Scalars.parse(Instant.class, text, "'" + text + "'"));
      } catch (BadValueException e) {
        throw new TypeConversionException(
            e.getMessage() + ". " + e.remedy() + " Or write last, for the newest event's time.");
      }
    }
  }
}
