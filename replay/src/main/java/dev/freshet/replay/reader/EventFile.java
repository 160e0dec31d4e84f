package dev.freshet.replay.reader;

import dev.freshet.replay.reader.ColumnMapping.Field;
import dev.freshet.replay.reader.RecordReader.Unusable;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One file of recorded events: finds out what its columns mean and maps records to actions. */
final class EventFile {
  private static final Set<Field> WANTED = EnumSet.allOf(Field.class);
  private static final Set<Field> MANDATORY = EnumSet.of(Field.USER, Field.ITEM, Field.TIME);

  /**
   * Number of records that are examined for the columns that there are and for the unit of time.
   */
  private static final int SAMPLE = 1_000;

  private final Path file;
  private final FileFormat format;
  private final ReadOptions options;
  private String note = "";
  private Map<Field, String> columns = Map.of();
  private EventTimeUnit timeUnit = EventTimeUnit.MILLIS;

  EventFile(Path file, ReadOptions options) {
    this.file = file;
    this.options = options;
    this.format = options.format().orElseGet(() -> FileFormat.of(file));
  }

  /**
   * Reads all records in the file's order.
   *
   * @param idPrefix of the ids of actions that bring none: their record number follows
   * @throws ReplayInputException if the columns or the unit of time cannot be found out
   */
  void read(String idPrefix, Consumer<UserAction> actions, Rejects rejects) throws IOException {
    try (RecordReader records = RecordReader.open(file, format)) {
      AvroReader userActions =
          records instanceof AvroReader avro && avro.holdsUserActions() ? avro : null;
      if (userActions == null) {
        examine();
      } else {
        note = file + ": avro, user actions, taken as they are";
      }
      long number = 0;
      for (boolean more = true; more; ) {
        number++;
        try {
          more = records.next();
          if (more) {
            actions.accept(
                userActions == null ? map(records, idPrefix, number) : userActions.userAction());
          }
        } catch (UnreadableRecordException e) {
          rejects.reject(file, records, e);
        }
      }
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read to its end: " + e.getMessage(), e);
    }
  }

  /** What the file was taken for, for the person who started the replay. */
  String note() {
    return note;
  }

  private void examine() throws IOException {
    Set<String> found = columns(file, format);
    if (found.isEmpty()) {
      note = file + ": holds no records";
      return;
    }
    columns = options.columns().resolve(file, found, WANTED, MANDATORY, "--map");
    String how = examineTimes();
    note =
        file
            + ": "
            + format.name().toLowerCase(java.util.Locale.ROOT)
            + ", "
            + columns.entrySet().stream()
                .map(entry -> entry.getKey().key() + "=" + entry.getValue())
                .collect(Collectors.joining(", "))
            + ", time in "
            + timeUnit.code()
            + how;
  }

  /**
   * The columns of a file; of JSON the fields of its first objects.
   *
   * @throws ReplayInputException if the file begins with nothing but garbage
   */
  static Set<String> columns(Path file, FileFormat format) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    try (RecordReader sample = RecordReader.open(file, format)) {
      if (format != FileFormat.JSONL) {
        return new LinkedHashSet<>(sample.columns());
      }
      UnreadableRecordException rejected = null;
      for (int i = 0; i < SAMPLE; i++) {
        try {
          if (!sample.next()) {
            break;
          }
          found.addAll(sample.columns());
        } catch (UnreadableRecordException e) {
          rejected = e;
        }
      }
      if (found.isEmpty() && rejected != null) {
        throw new ReplayInputException(
            sample.place()
                + ": no JSON object up to here; this line "
                + rejected.getMessage()
                + " For another format add --format.");
      }
    }
    return found;
  }

  /** Settles the unit of time, and returns for the note how. */
  private String examineTimes() throws IOException {
    String column = columns.get(Field.TIME);
    if (column == null) {
      throw new ReplayInputException(
          file + ": --map time= leaves no time. Name the column that holds it.");
    }
    if (options.timeUnit().isPresent()) {
      timeUnit = options.timeUnit().get();
      return "";
    }
    List<String> texts = new ArrayList<>();
    try (RecordReader sample = RecordReader.open(file, format)) {
      Optional<EventTimeUnit> declared = sample.declaredUnit(column);
      if (declared.isPresent()) {
        timeUnit = declared.get();
        return " (by its schema)";
      }
      for (int i = 0; i < SAMPLE; i++) {
        try {
          if (!sample.next()) {
            break;
          }
          if (sample.value(column) instanceof String text) {
            texts.add(text);
          }
        } catch (UnreadableRecordException e) {
          // Told of when it is read; here only good records count.
          continue;
        }
      }
    }
    Optional<EventTimeUnit> guessed = EventTimeUnit.guess(texts);
    if (guessed.isEmpty() && !texts.isEmpty()) {
      throw new ReplayInputException(
          file
              + ": the unit of time cannot be guessed from column '"
              + column
              + "', which begins with "
              + UnreadableRecordException.quote(texts.get(0))
              + ". Add --time-unit s, ms or iso, or name another column with --map time=COLUMN.");
    }
    timeUnit = guessed.orElse(timeUnit);
    return " (guessed; --time-unit says otherwise)";
  }

  private UserAction map(RecordReader records, String idPrefix, long number)
      throws UnreadableRecordException {
    String user = text(records, Field.USER);
    if (user == null) {
      throw new UnreadableRecordException(
          UnreadableReason.MISSING_FIELD,
          "has no user (" + column(Field.USER) + "). Add it, or map another column to user.");
    }
    String item = text(records, Field.ITEM);
    String action = text(records, Field.ACTION);
    String id = text(records, Field.ID);
    String session = text(records, Field.SESSION);
    return new UserAction(
        id == null ? positionId(idPrefix, number) : id,
        user,
        isEmpty(item) ? null : item,
        isEmpty(action) ? options.defaultAction() : action,
        Instant.ofEpochMilli(time(records)),
        isEmpty(session) ? null : session,
        number(records),
        null,
        Map.of());
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }

  /** Nine digits, so that the order of the ids is the order of the records. */
  static String positionId(String prefix, long number) {
    String digits = Long.toString(number);
    return prefix + "0".repeat(Math.max(0, 9 - digits.length())) + digits;
  }

  private long time(RecordReader records) throws UnreadableRecordException {
    String text = text(records, Field.TIME);
    text = text == null ? "" : text.strip();
    if (text.isEmpty()) {
      throw new UnreadableRecordException(
          UnreadableReason.MISSING_FIELD,
          "has no time (" + column(Field.TIME) + "). Add it, or map another column to time.");
    }
    try {
      return timeUnit.toMillis(text);
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      throw new UnreadableRecordException(
          UnreadableReason.WRONG_TYPE,
          "the time ("
              + column(Field.TIME)
              + ") is "
              + UnreadableRecordException.quote(text)
              + ", not "
              + timeUnit.description()
              + ". Mend it; when all are like that, choose another --time-unit.");
    }
  }

  private Double number(RecordReader records) throws UnreadableRecordException {
    String text = text(records, Field.VALUE);
    text = text == null ? "" : text.strip();
    if (text.isEmpty()) {
      return null;
    }
    try {
      // Java also takes 1f, 0x1p3 and NaN for a double; a file's author would not.
      double number = Double.parseDouble(text);
      char last = text.charAt(text.length() - 1);
      boolean decimal = (Character.isDigit(last) || last == '.') && text.indexOf('p') < 0;
      if (decimal && text.indexOf('P') < 0 && Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, together with what Java alone takes for a number.
    }
    throw new UnreadableRecordException(
        UnreadableReason.WRONG_TYPE,
        "the value ("
            + column(Field.VALUE)
            + ") is "
            + UnreadableRecordException.quote(text)
            + ", not a number. Mend it, or add --map value= to leave values out.");
  }

  private String text(RecordReader records, Field field) throws UnreadableRecordException {
    String column = columns.get(field);
    Object value = column == null ? null : records.value(column);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new UnreadableRecordException(
        UnreadableReason.WRONG_TYPE,
        "the "
            + field.key()
            + " ("
            + column(field)
            + ") is "
            + (value instanceof Unusable unusable ? unusable.description() : "an array")
            + ". A text or a number is expected: map another column to "
            + field.key()
            + ".");
  }

  private String column(Field field) {
    return "column '" + columns.get(field) + "'";
  }
}
