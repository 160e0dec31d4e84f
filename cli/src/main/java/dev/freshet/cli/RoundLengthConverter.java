package dev.freshet.cli;

import dev.freshet.replay.run.RoundLength;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the length of a round: a number of actions, or a duration. */
final class RoundLengthConverter implements ITypeConverter<RoundLength> {

  @Override
  public RoundLength convert(String text) {
    try {
      return text.matches("\\d{1,12}")
          ? new RoundLength.Actions(Long.parseLong(text))
          : new RoundLength.Time(new DurationConverter().convert(text));
    } catch (TypeConversionException | IllegalArgumentException e) {
      throw new TypeConversionException(
          "'%s' is no length of a round: write a number of actions, such as 1000, or a duration of event time, such as 1h"
              .formatted(text));
    }
  }
}
