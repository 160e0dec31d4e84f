package dev.freshet.features.type;

import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Suggestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The keys of one feature in the catalog file. A getter that finds a value wrong reports it with
 * its line and what to do, and returns one that does no harm, so that all errors are found at once.
 */
public final class Parameters {

  /**
   * What a key has.
   *
   * @param values one, or those of a list; none and no list if what is written was already reported
   *     as no value
   * @param list whether it was written as a list
   */
  public record Value(List<String> values, boolean list, Origin origin) {}

  private final String feature;
  private final Origin origin;
  private final Map<String, Value> values;
  private final Problems problems;
  private final Set<String> known = new TreeSet<>();
  private final Map<String, String> read = new TreeMap<>();

  /**
   * @param feature the feature's name, for errors
   * @param origin where the feature begins in the file
   */
  public Parameters(String feature, Origin origin, Map<String, Value> values, Problems problems) {
    this.feature = feature;
    this.origin = origin;
    this.values = new LinkedHashMap<>(values);
    this.problems = problems;
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    known.add(key);
    return values.containsKey(key);
  }

  /** A text, or nothing if the key isn't there. */
  public Optional<String> text(String key) {
    Optional<String> text = scalar(key);
    text.ifPresent(value -> read.put(key, value));
    return text;
  }

  /** A text that must be there; "" if it isn't. */
  public String requiredText(String key, String remedy) {
    Optional<String> text = text(key);
    if (text.isEmpty() && !values.containsKey(key)) {
      missing(key, remedy);
    }
    if (text.isPresent() && text.get().isEmpty()) {
      problem(key, "is empty", remedy);
    }
    return text.orElse("");
  }

  /** Texts, written as a list or as one; empty if the key isn't there. */
  public List<String> texts(String key) {
    known.add(key);
    Value value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (new HashSet<>(value.values).size() < value.values.size()) {
      problem(key, "names one twice", "Name each once.");
    }
    read.put(key, String.join("\u0000", value.values));
    return value.values;
  }

  /** Texts whose order means nothing, written as a list or as one; empty if the key isn't there. */
  public Set<String> textSet(String key) {
    Set<String> sorted = new TreeSet<>(texts(key));
    if (has(key)) {
      if (sorted.isEmpty() || sorted.contains("")) {
        problem(key, "has nothing in it", "Write what is meant, or remove the key.");
      }
      read.put(key, String.join("\u0000", sorted));
    }
    return Collections.unmodifiableSet(sorted);
  }

  /** Numbers, written as a list or as one; empty if the key isn't there. */
  public List<Double> numbers(String key, double least, double most) {
    List<Double> numbers = new ArrayList<>();
    for (String text : texts(key)) {
      numbers.add(number(key, text, least, most, least));
    }
    if (!numbers.isEmpty()) {
      // 1 and 1.0 are the same number.
      read.put(key, numbers.toString());
    }
    return numbers;
  }

  /** A duration in milliseconds, positive; {@code fallback} if the key isn't there. */
  public long duration(String key, long fallback) {
    if (has(key)) {
      return positiveDuration(key).orElse(Math.max(1, fallback));
    }
    read.put(key, Long.toString(fallback));
    return fallback;
  }

  /** A duration in milliseconds; empty if it isn't there, or is wrong and reported. */
  private OptionalLong positiveDuration(String key) {
    Optional<String> text = scalar(key);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      Duration duration = (Duration) Scalars.parse(Duration.class, text.get(), quoted(text.get()));
      if (duration.isZero()) {
        problem(key, "is 0", "Write a longer duration, such as 1h.");
        return OptionalLong.empty();
      }
      read.put(key, Long.toString(duration.toMillis()));
      return OptionalLong.of(duration.toMillis());
    } catch (BadValueException e) {
      problem(key, e.getMessage(), e.remedy());
      return OptionalLong.empty();
    }
  }

  /** A duration in milliseconds that must be there. */
  public long requiredDuration(String key, String remedy) {
    if (!has(key)) {
      missing(key, remedy);
    }
    return duration(key, 1);
  }

  /** A whole number; {@code fallback} if the key isn't there. */
  public int wholeNumber(String key, int fallback, int least, int most) {
    Optional<String> text = scalar(key);
    int number = fallback;
    if (text.isPresent()) {
      try {
        number = (Integer) Scalars.parse(Integer.class, text.get(), quoted(text.get()));
        if (number < least || number > most) {
          problem(key, number + " is out of range", "Write a number from %d to %d.", least, most);
          number = fallback;
        }
      } catch (BadValueException e) {
        problem(key, e.getMessage(), e.remedy());
      }
    }
    read.put(key, Integer.toString(number));
    return number;
  }

  /** True or false; {@code fallback} if the key isn't there. */
  public boolean flag(String key, boolean fallback) {
    Optional<String> text = scalar(key);
    boolean flag = fallback;
    if (text.isPresent()) {
      try {
        flag = (Boolean) Scalars.parse(Boolean.class, text.get(), quoted(text.get()));
      } catch (BadValueException e) {
        problem(key, e.getMessage(), e.remedy());
      }
    }
    read.put(key, Boolean.toString(flag));
    return flag;
  }

  /** A number; {@code fallback} if the key isn't there. */
  public double number(String key, double fallback, double least, double most) {
    Optional<String> text = scalar(key);
    double number = text.isEmpty() ? fallback : number(key, text.get(), least, most, fallback);
    read.put(key, Double.toString(number));
    return number;
  }

  /** The field {@code of}, which must be there. */
  public EventField requiredField(String remedy) {
    Optional<String> text = scalar("of");
    if (text.isEmpty() && !values.containsKey("of")) {
      missing("of", remedy);
    }
    return field(text, EventField.parse("value").orElseThrow());
  }

  /** The field {@code of}; {@code fallback} if the key isn't there. */
  public EventField field(EventField fallback) {
    return field(scalar("of"), fallback);
  }

  /** The field {@code of}, which must be there and can be a number. */
  public EventField requiredNumberField() {
    EventField field = requiredField("Name the number, as value, context.price or item.price.");
    if (!field.canBeNumber()) {
      problem("of", "'" + field + "' is no number", "Write value, context.NAME or item.ATTRIBUTE.");
    }
    return field;
  }

  private EventField field(Optional<String> text, EventField fallback) {
    EventField field = text.flatMap(EventField::parse).orElse(fallback);
    if (text.isPresent() && EventField.parse(text.get()).isEmpty()) {
      problem(
          "of",
          quoted(text.get()) + " is no field of an event",
          "Write value, user, item, action, session, context.NAME or item.ATTRIBUTE.");
    }
    read.put("of", field.toString());
    return field;
  }

  /** The keys {@code window} and {@code tile}; all time if there is no window. */
  public Window window() {
    if (!has("window")) {
      if (has("tile")) {
        problem("tile", "has no window", "Give the window that it divides, or remove it.");
      }
      return Window.ALL_TIME;
    }
    OptionalLong length = positiveDuration("window");
    if (length.isEmpty()) {
      known.add("tile");
      return Window.ALL_TIME;
    }
    return has("tile") ? givenTile(length.getAsLong()) : usualTile(length.getAsLong());
  }

  private Window givenTile(long length) {
    OptionalLong given = positiveDuration("tile");
    if (given.isEmpty()) {
      return new Window(length, length);
    }
    long tile = given.getAsLong();
    if (length % tile != 0) {
      problem("tile", "doesn't divide the window", "Write one that fits a whole number of times.");
      return new Window(length, length);
    }
    if (length / tile > Window.MAX_TILES) {
      problem(
          "tile",
          "makes " + length / tile + " tiles",
          "Write one of at least %d ms: at most %d tiles fit in a window.",
          (length - 1) / Window.MAX_TILES + 1,
          Window.MAX_TILES);
      return new Window(length, length);
    }
    return new Window(length, tile);
  }

  private Window usualTile(long length) {
    OptionalLong tile = Window.usualTile(length);
    if (tile.isEmpty()) {
      problem(
          "window",
          "can't be divided into 24 to %d tiles".formatted(Window.MAX_TILES),
          "Write a rounder one, or the tile that divides it.");
      return new Window(length, length);
    }
    read.put("tile", Long.toString(tile.getAsLong()));
    return new Window(length, tile.getAsLong());
  }

  /** Reports that the feature lacks a key. */
  public void missing(String key, String remedy) {
    problems.add(origin, feature, "has no " + key, remedy);
  }

  /**
   * Reports that a key's value is wrong.
   *
   * @param problem without a full stop
   * @param remedy a sentence, a format of {@code arguments}
   */
  public void problem(String key, String problem, String remedy, Object... arguments) {
    Value value = values.get(key);
    problems.add(
        value == null ? origin : value.origin,
        feature + "." + key,
        problem,
        arguments.length == 0 ? remedy : remedy.formatted(arguments));
  }

  /** Reports every key that was never read. */
  public void reportUnknown(Collection<String> knownElsewhere) {
    Set<String> all = new TreeSet<>(known);
    all.addAll(knownElsewhere);
    values.forEach(
        (key, value) -> {
          if (!all.contains(key)) {
            problems.add(
                value.origin,
                feature,
                quoted(key) + " is no key of this type",
                Suggestion.closest(key, all)
                    .map(meant -> "Did you mean " + meant + "?")
                    .orElse("The keys are " + String.join(", ", all) + "."));
          }
        });
  }

  /** What was read, by key, in a form that doesn't depend on how it was written. */
  public Map<String, String> canonical() {
    return Map.copyOf(read);
  }

  private Optional<String> scalar(String key) {
    known.add(key);
    Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value.list) {
      problem(key, "is a list", "Write one value.");
      return Optional.empty();
    }
    return value.values.stream().findFirst();
  }

  private double number(String key, String text, double least, double most, double fallback) {
    try {
      double number = (Double) Scalars.parse(Double.class, text, quoted(text));
      if (number >= least && number <= most) {
        return number;
      }
      problem(key, text + " is out of range", "Write a number from %s to %s.", least, most);
    } catch (BadValueException e) {
      problem(key, e.getMessage(), e.remedy());
    }
    return fallback;
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
