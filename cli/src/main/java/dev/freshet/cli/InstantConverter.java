package dev.freshet.cli;

import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.Scalars;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a date, or a date and time with its zone. */
final class InstantConverter implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    try {
      return (Instant) Scalars.parse(Instant.class, text, "'" + text + "'");
    } catch (BadValueException e) {
      throw new TypeConversionException(e.getMessage() + ". " + e.remedy());
    }
  }
}
