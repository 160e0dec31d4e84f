package dev.freshet.replay.reader;

import java.util.Objects;
import java.util.Optional;

/**
 * How to read recorded events.
 *
 * @param format empty: by each file's extension
 * @param columns which column holds what
 * @param timeUnit empty: guessed for each file from its first thousand records (of an Avro file:
 *     from the field's logical type when it has one)
 * @param defaultAction kind of the actions that do not name theirs
 */
public record ReadOptions(
    Optional<FileFormat> format,
    ColumnMapping columns,
    Optional<EventTimeUnit> timeUnit,
    String defaultAction) {

  public ReadOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(timeUnit, "timeUnit");
    Objects.requireNonNull(defaultAction, "defaultAction");
  }

  /** Everything is guessed; actions that do not name their kind are views. */
  public static ReadOptions defaults() {
    return new ReadOptions(Optional.empty(), ColumnMapping.usual(), Optional.empty(), "view");
  }
}
