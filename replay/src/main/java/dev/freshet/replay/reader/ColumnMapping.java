package dev.freshet.replay.reader;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which column (of a CSV file) or field (of JSON or Avro) holds what. What is not said is looked
 * for under its usual names.
 */
public final class ColumnMapping {
  /** What a column can hold. */
  public enum Field {
    /** Who acted. */
    USER("user", "user", "userid", "visitor", "visitorid", "customerid", "session", "sessionid"),
    /** What was acted on. */
    ITEM("item", "item", "itemid", "aid", "productid", "articleid", "movieid"),
    /** When. */
    TIME("time", "time", "timestamp", "ts", "eventtime"),
    /** Kind of action. */
    ACTION("action", "action", "actiontype", "type", "eventtype", "event"),
    /** Identity of the action. */
    ID("id", "eventid", "id"),
    /** The producer's session. */
    SESSION("session", "session", "sessionid"),
    /** A number that belongs to the action. */
    VALUE("value", "value", "rating");

    private final String key;
    private final List<String> usualNames;

    Field(String key, String... usualNames) {
      this.key = key;
      this.usualNames = List.of(usualNames);
    }

    /** The name in {@code --map}. */
    public String key() {
      return key;
    }
  }

  private static final ColumnMapping USUAL = new ColumnMapping(Map.of());

  /** Field to column; an empty column: the field is not read. */
  private final Map<Field, String> explicit;

  private ColumnMapping(Map<Field, String> explicit) {
    this.explicit = explicit;
  }

  /** Everything is looked for under its usual names. */
  public static ColumnMapping usual() {
    return USUAL;
  }

  /**
   * Parses {@code user=COL,item=COL,...}. {@code FIELD=} without a column says that the field is
   * not to be read, for a column that has a usual name but another meaning.
   *
   * @throws ReplayInputException if a field is unknown or named twice
   */
  public static ColumnMapping parse(String text) {
    Map<Field, String> explicit = new EnumMap<>(Field.class);
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      Field field = null;
      for (Field candidate : Field.values()) {
        if (candidate.key.equals(key.strip())) {
          field = candidate;
        }
      }
      if (equals < 0 || field == null) {
        throw new ReplayInputException(
            "--map: '"
                + part
                + "' is not FIELD=COLUMN with one of the fields "
                + keys(EnumSet.allOf(Field.class))
                + ". Example: --map user=user_id,item=item_id,time=timestamp");
      }
      if (explicit.put(field, part.substring(equals + 1).strip()) != null) {
        throw new ReplayInputException("--map: " + field.key + " is given twice. Give it once.");
      }
    }
    return new ColumnMapping(explicit);
  }

  /**
   * Finds the columns.
   *
   * @param wanted the fields to look for; {@code mandatory} among them must be there
   * @return field to column name, without the fields that are not there
   * @throws ReplayInputException if a named or mandatory column is missing; the message lists what
   *     was found and what to write
   */
  Map<Field, String> resolve(
      Path file, Collection<String> found, Set<Field> wanted, Set<Field> mandatory, String option) {
    Map<Field, String> columns = new EnumMap<>(Field.class);
    Set<String> taken = new HashSet<>();
    Set<Field> missing = new LinkedHashSet<>();
    for (Field field : wanted) {
      String column = explicit.get(field);
      if (column == null || column.isEmpty()) {
        continue;
      }
      if (found.contains(column)) {
        columns.put(field, column);
        taken.add(column);
      } else {
        missing.add(field);
      }
    }
    for (Field field : wanted) {
      if (!explicit.containsKey(field)) {
        String column = usualColumn(field, found, taken);
        if (column != null) {
          columns.put(field, column);
          taken.add(column);
        } else if (mandatory.contains(field)) {
          missing.add(field);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new ReplayInputException(missingColumns(file, found, columns, missing, option));
    }
    return columns;
  }

  /** This mapping with a column for a field that is neither said nor there under a usual name. */
  ColumnMapping orElse(Field field, Collection<String> found, String column) {
    if (explicit.containsKey(field)
        || !found.contains(column)
        || usualColumn(field, found, Set.of()) != null) {
      return this;
    }
    Map<Field, String> extended = new EnumMap<>(Field.class);
    extended.putAll(explicit);
    extended.put(field, column);
    return new ColumnMapping(extended);
  }

  private static String usualColumn(Field field, Collection<String> found, Set<String> taken) {
    for (String name : field.usualNames) {
      for (String column : found) {
        if (!taken.contains(column) && normal(column).equals(name)) {
          return column;
        }
      }
    }
    return null;
  }

  /** user_id, userId, User-ID and "user id" are one name. */
  private static String normal(String column) {
    return column.toLowerCase(Locale.ROOT).replaceAll("[_\\- ]", "");
  }

  private String missingColumns(
      Path file,
      Collection<String> found,
      Map<Field, String> columns,
      Set<Field> missing,
      String option) {
    String named =
        missing.stream()
            .filter(explicit::containsKey)
            .map(field -> " (" + field.key + "=" + explicit.get(field) + " is not there)")
            .collect(Collectors.joining());
    EnumMap<Field, String> suggestion = new EnumMap<>(Field.class);
    suggestion.putAll(columns);
    missing.forEach(field -> suggestion.put(field, "COLUMN"));
    return file
        + ": no column for "
        + keys(missing)
        + named
        + ". Columns found: "
        + String.join(", ", found)
        + ". Write "
        + option
        + " "
        + suggestion.entrySet().stream()
            .map(entry -> entry.getKey().key + "=" + entry.getValue())
            .collect(Collectors.joining(","))
        + " with one of them for each COLUMN.";
  }

  private static String keys(Set<Field> fields) {
    return fields.stream().map(Field::key).collect(Collectors.joining(", "));
  }

  /** What was said, field to column. */
  Map<Field, String> explicit() {
    return Collections.unmodifiableMap(explicit);
  }
}
