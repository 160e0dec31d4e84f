package dev.freshet.replay.reader;

import dev.freshet.replay.reader.ColumnMapping.Field;
import dev.freshet.replay.reader.RecordReader.Unusable;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A catalog of items: one column holds the item's id, every other column is an attribute. A value
 * is split at {@code |} into many; so is a JSON array.
 */
public final class ItemsFile {
  private ItemsFile() {}

  /**
   * Reads the file.
   *
   * @param format empty: by the file's extension. CSV or JSONL
   * @param columns {@code item=} and {@code time=}; the item is otherwise looked for under its
   *     usual names ({@code item}, {@code item_id}, ... {@code id}), the time is not looked for
   * @param timeUnit unit of the time column when one is named; empty: guessed value by value
   * @param eventTime the updates' event time when no time column is named
   * @param updates takes an update for each item, in the file's order; ids are {@code
   *     items-RECORD}, counted and padded with zeros
   * @param deadLetters takes every line that cannot become an update, as in {@link RecordedEvents}
   * @return how many lines were rejected, by reason
   * @throws ReplayInputException if the file is missing or no column holds the item
   * @throws IOException if the file cannot be read to its end
   */
  public static Map<UnreadableReason, Long> read(
      Path file,
      Optional<FileFormat> format,
      ColumnMapping columns,
      Optional<EventTimeUnit> timeUnit,
      Instant eventTime,
      Consumer<ItemUpdate> updates,
      Consumer<DeadLetter> deadLetters)
      throws IOException {
    FileFormat known = format.orElseGet(() -> FileFormat.of(file));
    if (known == FileFormat.AVRO) {
      throw new ReplayInputException(
          file + ": items are read from csv or jsonl. Convert the file to one of them.");
    }
    Rejects rejects = new Rejects(deadLetters);
    Set<String> found = EventFile.columns(file, known);
    if (found.isEmpty()) {
      return rejects.counts();
    }
    Map<Field, String> resolved = resolve(file, columns, found);
    try (RecordReader records = RecordReader.open(file, known)) {
      long number = 0;
      for (boolean more = true; more; ) {
        number++;
        try {
          more = records.next();
          if (more) {
            updates.accept(map(records, resolved, timeUnit, eventTime, number));
          }
        } catch (UnreadableRecordException e) {
          rejects.reject(file, records, e);
        }
      }
    }
    return rejects.counts();
  }

  private static Map<Field, String> resolve(Path file, ColumnMapping columns, Set<String> found) {
    Set<Field> wanted = EnumSet.of(Field.ITEM);
    if (columns.explicit().containsKey(Field.TIME)) {
      wanted.add(Field.TIME);
    }
    // A catalog's own "id" is the item's; that of an action is the action's.
    ColumnMapping mapping = columns.orElse(Field.ITEM, found, "id");
    return mapping.resolve(file, found, wanted, EnumSet.of(Field.ITEM), "--items-map");
  }

  private static ItemUpdate map(
      RecordReader records,
      Map<Field, String> columns,
      Optional<EventTimeUnit> timeUnit,
      Instant eventTime,
      long number)
      throws UnreadableRecordException {
    String itemColumn = columns.get(Field.ITEM);
    String timeColumn = columns.get(Field.TIME);
    if (!(records.value(itemColumn) instanceof String item)) {
      throw records.value(itemColumn) == null
          ? new UnreadableRecordException(
              UnreadableReason.MISSING_FIELD, "has no item (column '" + itemColumn + "'). Add it.")
          : new UnreadableRecordException(
              UnreadableReason.WRONG_TYPE,
              "the item (column '" + itemColumn + "') is neither a text nor a number. Mend it.");
    }
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    for (String column : records.columns()) {
      if (!column.equals(itemColumn) && !column.equals(timeColumn)) {
        List<String> values = values(records, column);
        if (!values.isEmpty()) {
          attributes.put(column, values);
        }
      }
    }
    return new ItemUpdate(
        EventFile.positionId("items-", number),
        item,
        timeColumn == null ? eventTime : time(records, timeColumn, timeUnit),
        false,
        attributes);
  }

  private static List<String> values(RecordReader records, String column)
      throws UnreadableRecordException {
    Object value = records.value(column);
    if (value instanceof Unusable unusable) {
      throw new UnreadableRecordException(
          UnreadableReason.WRONG_TYPE,
          "the attribute '"
              + column
              + "' is "
              + unusable.description()
              + ". Write its parts as attributes of their own.");
    }
    List<String> values = new ArrayList<>();
    if (value instanceof String text) {
      addParts(text, values);
    } else if (value instanceof List<?> elements) {
      for (Object element : elements) {
        addParts((String) element, values);
      }
    }
    return values;
  }

  private static void addParts(String text, List<String> values) {
    for (int from = 0, to; from <= text.length(); from = to + 1) {
      to = text.indexOf('|', from);
      to = to < 0 ? text.length() : to;
      String part = text.substring(from, to).strip();
      if (!part.isEmpty()) {
        values.add(part);
      }
    }
  }

  private static Instant time(RecordReader records, String column, Optional<EventTimeUnit> timeUnit)
      throws UnreadableRecordException {
    String text = records.value(column) instanceof String value ? value.strip() : "";
    if (text.isEmpty()) {
      throw new UnreadableRecordException(
          UnreadableReason.MISSING_FIELD, "has no time (column '" + column + "'). Add it.");
    }
    EventTimeUnit unit =
        timeUnit.or(() -> EventTimeUnit.guess(List.of(text))).orElse(EventTimeUnit.MILLIS);
    try {
      return Instant.ofEpochMilli(unit.toMillis(text));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      throw new UnreadableRecordException(
          UnreadableReason.WRONG_TYPE,
          "the time (column '"
              + column
              + "') is "
              + UnreadableRecordException.quote(text)
              + ", not "
              + unit.description()
              + ". Mend it.");
    }
  }
}
