package dev.freshet.config;

import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Maps a YAML mapping onto a record: the key {@code max-delay} onto the component {@code maxDelay},
 * a nested mapping onto a nested record. What to bind is given as an instance: it says the type,
 * and its values stay where a key is absent. Components are the types of {@link Scalars}, a list or
 * a map of them, a map of lists, a record, or a map of records; {@link Nullable} ones may be null.
 *
 * <p>A map in the file replaces the one that is there. In a map of records each takes the keys that
 * are absent from its class's static method {@code defaults()}; each of their keys is a full key of
 * its own, such as {@code placements.home.list-size}, and one in an override adds a record if there
 * is none of its name.
 *
 * <p>Everything that is wrong goes to {@link Problems} with its place, and the default stands in,
 * so that one run finds all of it. One binder binds one file.
 */
final class Binder {
  private static final Set<Tag> PLAIN_TAGS = Set.of(Tag.STR, Tag.MAP, Tag.SEQ);
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final int SHOWN_LENGTH = 60;

  /** Keys that had another name, and the name that they have now. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "features.history-length", "ranking.history-length",
          "features.session-gap", "ranking.session-gap",
          "features.popularity-half-life-short", "ranking.trending-half-life",
          "features.popularity-half-life-long", "ranking.popular-half-life",
          "features.neighbour-half-life", "ranking.neighbour-half-life");

  private final String file;
  private final Environment environment;
  private final Map<String, String> overrides;
  private final Problems problems;

  private final Map<String, Origin> origins;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> unusedOverrides;
  private final List<Unknown> unknownKeys = new ArrayList<>();

  /** A key and its value in the file. */
  private record Entry(ScalarNode key, Node value) {}

  /** A key that no component has, and those that would have been possible. */
  private record Unknown(String section, String key, Origin origin, Set<String> possible) {}

  /**
   * @param file name of the file, for errors
   * @param origins where the values of the instance to bind were set
   * @param overrides by full key; each replaces what the file says
   */
  Binder(
      String file,
      Environment environment,
      Map<String, Origin> origins,
      Map<String, String> overrides,
      Problems problems) {
    this.file = file;
    this.environment = environment;
    this.origins = new HashMap<>(origins);
    this.overrides = overrides;
    this.problems = problems;
    this.unusedOverrides = new TreeSet<>(overrides.keySet());
  }

  /** The full name of a key in a section. */
  static String child(String section, String key) {
    return section.isEmpty() ? key : section + "." + key;
  }

  /** Binds the whole file, checks every {@link Section}, and reports keys that don't exist. */
  <R extends Record> R bind(Optional<Node> root, R defaults) {
    Record bound = record("", root.orElse(null), defaults);
    unknownKeys.forEach(this::reportUnknownKey);
    unusedOverrides.forEach(this::reportUnknownOverride);
    @SuppressWarnings("unchecked") // record() makes an instance of the class it was given
    R result = (R) bound;
    return result;
  }

  /** Where each full key was set; keys that have their default are absent. */
  Map<String, Origin> origins() {
    return origins;
  }

  /** Every full key that could have been set, in the order of the records. */
  Set<String> known() {
    return known;
  }

  private Record record(String path, @Nullable Node node, Record defaults) {
    Map<String, Entry> entries = node == null || isNull(node) ? Map.of() : entries(path, node);
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    Set<String> keys = new LinkedHashSet<>();
    for (int i = 0; i < components.length; i++) {
      String key = kebab(components[i].getName());
      keys.add(key);
      values[i] =
          value(child(path, key), components[i], entries.get(key), read(components[i], defaults));
    }
    entries.forEach(
        (key, entry) -> {
          if (!keys.contains(key)) {
            unknownKeys.add(new Unknown(path, key, YamlFile.origin(file, entry.key), keys));
          }
        });
    Record bound = create(defaults.getClass(), components, values);
    if (bound instanceof Section section) {
      section.check(new Check(path, origins, problems));
    }
    return bound;
  }

  private @Nullable Object value(
      String path, RecordComponent component, @Nullable Entry entry, @Nullable Object current) {
    Class<?> type = component.getType();
    if (Record.class.isAssignableFrom(type)) {
      return record(path, entry == null ? null : entry.value, (Record) current);
    }
    if (type == Map.class) {
      Type valueType = typeArgument(component, 1);
      if (valueType instanceof Class<?> section && Record.class.isAssignableFrom(section)) {
        return sections(path, section.asSubclass(Record.class), entry, (Map<?, ?>) current);
      }
      known.add(path);
      return map(path, valueType, entry, (Map<?, ?>) current);
    }
    known.add(path);
    String override = overrides.get(path);
    if (override != null) {
      unusedOverrides.remove(path);
      Origin origin = Origin.override(path);
      origins.put(path, origin);
      return type == List.class
          ? commaSeparated(path, origin, override, quote(override), elementType(component))
          : scalar(path, component, origin, override, quote(override), current);
    }
    if (entry == null) {
      return current;
    }
    Origin origin = valueOrigin(entry);
    origins.put(path, origin);
    if (type == List.class) {
      Optional<List<Object>> list = list(path, origin, entry.value, elementType(component));
      return list.isPresent() ? list.get() : current;
    }
    Optional<String> text = text(path, origin, entry.value, type);
    return text.isEmpty()
        ? current
        : scalar(path, component, origin, text.get(), shown(entry.value), current);
  }

  private @Nullable Object scalar(
      String path,
      RecordComponent component,
      Origin origin,
      String text,
      String shown,
      @Nullable Object current) {
    if (text.isEmpty()) {
      if (component.isAnnotationPresent(Nullable.class)) {
        return null;
      }
      reportMissingValue(path, origin);
      return current;
    }
    return parse(path, component.getType(), origin, text, shown).orElse(current);
  }

  private Optional<Object> parse(
      String path, Class<?> type, Origin origin, String text, String shown) {
    try {
      return Optional.of(Scalars.parse(type, text, shown));
    } catch (BadValueException e) {
      problems.add(origin, path, e.getMessage(), e.remedy());
      return Optional.empty();
    }
  }

  /** A list in either way of writing it; empty when it is neither. */
  private Optional<List<Object>> list(String path, Origin origin, Node node, Class<?> elementType) {
    return node instanceof SequenceNode sequence
        ? Optional.of(elements(path, sequence, elementType))
        : text(path, origin, node, List.class)
            .map(text -> commaSeparated(path, origin, text, shown(node), elementType));
  }

  private List<Object> elements(String path, SequenceNode sequence, Class<?> elementType) {
    List<Object> elements = new ArrayList<>();
    for (Node node : sequence.getValue()) {
      Origin origin = YamlFile.origin(file, node);
      text(path, origin, node, elementType)
          .flatMap(text -> element(path, elementType, origin, text, shown(node)))
          .ifPresent(elements::add);
    }
    return Collections.unmodifiableList(elements);
  }

  private List<Object> commaSeparated(
      String path, Origin origin, String text, String shown, Class<?> elementType) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !text.isBlank())
        .flatMap(part -> element(path, elementType, origin, part, shown).stream())
        .toList();
  }

  /** An element of a list or map: never empty. */
  private Optional<Object> element(
      String path, Class<?> type, Origin origin, String text, String shown) {
    if (text.isEmpty()) {
      reportMissingValue(path, origin);
      return Optional.empty();
    }
    return parse(path, type, origin, text, shown);
  }

  private Map<String, Record> sections(
      String path, Class<? extends Record> type, @Nullable Entry entry, Map<?, ?> current) {
    Map<String, Record> bound = new LinkedHashMap<>();
    if (entry == null || isNull(entry.value)) {
      current.forEach(
          (name, section) ->
              bound.put((String) name, record(child(path, (String) name), null, (Record) section)));
    } else {
      origins.put(path, valueOrigin(entry));
      Record defaults = defaults(type);
      entries(path, entry.value)
          .forEach(
              (name, inner) -> {
                String full = child(path, name);
                origins.put(full, YamlFile.origin(file, inner.key));
                bound.put(name, record(full, inner.value, defaults));
              });
    }
    String prefix = path + ".";
    for (String full : new TreeSet<>(overrides.keySet())) {
      int end = full.indexOf('.', prefix.length());
      if (full.startsWith(prefix) && end > 0) {
        String name = full.substring(prefix.length(), end);
        if (!bound.containsKey(name)) {
          origins.put(child(path, name), Origin.override(full));
          bound.put(name, record(child(path, name), null, defaults(type)));
        }
      }
    }
    return Collections.unmodifiableMap(bound);
  }

  private Map<String, Object> map(
      String path, Type valueType, @Nullable Entry entry, Map<?, ?> current) {
    Map<String, Object> bound = new LinkedHashMap<>();
    if (entry == null || isNull(entry.value)) {
      current.forEach((key, value) -> bound.put((String) key, value));
    } else {
      origins.put(path, valueOrigin(entry));
      entries(path, entry.value)
          .forEach(
              (key, inner) -> {
                String full = child(path, key);
                Origin origin = valueOrigin(inner);
                origins.put(full, origin);
                mapped(full, valueType, origin, inner.value)
                    .ifPresent(value -> bound.put(key, value));
              });
    }
    String prefix = path + ".";
    overrides.forEach(
        (full, text) -> {
          if (full.startsWith(prefix)) {
            unusedOverrides.remove(full);
            Origin origin = Origin.override(full);
            origins.put(full, origin);
            Optional<?> value =
                valueType instanceof ParameterizedType list
                    ? Optional.of(
                        commaSeparated(full, origin, text, quote(text), elementType(list)))
                    : element(full, (Class<?>) valueType, origin, text, quote(text));
            value.ifPresent(given -> bound.put(full.substring(prefix.length()), given));
          }
        });
    return Collections.unmodifiableMap(bound);
  }

  /** What a map has for a key: a value or a list of them. */
  private Optional<?> mapped(String path, Type type, Origin origin, Node node) {
    if (type instanceof ParameterizedType list) {
      return list(path, origin, node, elementType(list));
    }
    Class<?> single = (Class<?>) type;
    return text(path, origin, node, single)
        .flatMap(text -> element(path, single, origin, text, shown(node)));
  }

  /** The entries of a mapping, by key; duplicates and keys that aren't texts are reported. */
  private Map<String, Entry> entries(String path, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add(
          YamlFile.origin(file, node),
          path,
          "expected keys with values, found " + kind(node),
          "Write one \"key: value\" a line, indented.");
      return Map.of();
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Origin origin = YamlFile.origin(file, tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)
          || key.getValue().isEmpty()
          || !PLAIN_TAGS.contains(key.getTag())) {
        problems.add(
            origin, path, "has a key that is not a text", "Write a plain name as the key.");
        continue;
      }
      Entry first = entries.putIfAbsent(key.getValue(), new Entry(key, tuple.getValueNode()));
      if (first != null) {
        problems.add(
            origin,
            child(path, abbreviate(key.getValue())),
            "is set a second time, after line " + YamlFile.origin(file, first.key).line(),
            "Remove one of them.");
      }
    }
    return entries;
  }

  /** The text of a scalar with environment variables put in; empty for null. */
  private Optional<String> text(String path, Origin origin, Node node, Class<?> type) {
    if (!(node instanceof ScalarNode scalar)) {
      String wanted = type == List.class ? "list" : Scalars.noun(type);
      problems.add(
          origin,
          path,
          "expected a value (" + wanted + "), found " + kind(node),
          "Write a single value.");
      return Optional.empty();
    }
    if (isNull(node)) {
      return Optional.of("");
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      problems.add(
          origin,
          path,
          "has a YAML tag (a word that starts with !)",
          "Remove the tag, or put the value in quotes if it is part of it.");
      return Optional.empty();
    }
    try {
      return Optional.of(environment.expand(scalar.getValue()));
    } catch (BadValueException e) {
      problems.add(origin, path, e.getMessage(), e.remedy());
      return Optional.empty();
    }
  }

  private void reportMissingValue(String path, Origin origin) {
    problems.add(
        origin,
        path,
        "has no value",
        "Write one, or remove " + (origin.line() == 0 ? "it" : "the line") + " for the default.");
  }

  private void reportUnknownKey(Unknown unknown) {
    String path = child(unknown.section, abbreviate(unknown.key));
    String section = unknown.section.isEmpty() ? "the file" : unknown.section;
    String remedy =
        renamed(path)
            .or(
                () ->
                    Suggestion.closest(unknown.key, unknown.possible)
                        .map(key -> "Did you mean " + key + "?"))
            .or(() -> sectionOf(unknown.key).map(other -> "It belongs under " + other + "."))
            .orElseGet(
                () ->
                    "The keys of " + section + " are " + String.join(", ", unknown.possible) + ".");
    problems.add(unknown.origin, path, "is not a known key", remedy);
  }

  private void reportUnknownOverride(String key) {
    Origin origin = Origin.override(key);
    if (known.contains(key)) {
      problems.add(origin, key, "is a map", "Name one of its entries, such as " + key + ".NAME.");
      return;
    }
    String keysOfSection =
        known.stream()
            .filter(candidate -> candidate.startsWith(key + "."))
            .collect(Collectors.joining(", "));
    String remedy =
        keysOfSection.isEmpty()
            ? renamed(key)
                .or(
                    () ->
                        Suggestion.closest(key, known).map(meant -> "Did you mean " + meant + "?"))
                .or(() -> fullName(key).map(full -> "Write its full name: " + full + "."))
                .orElseGet(() -> "Write a full name, such as " + known.iterator().next() + ".")
            : "Name one of its keys: " + keysOfSection + ".";
    problems.add(origin, key, "is not a known key", remedy);
  }

  /** The remedy for a key that has another name now; empty for a key that never existed. */
  private static Optional<String> renamed(String key) {
    return Optional.ofNullable(RENAMED.get(key))
        .map(now -> "It has another name now: " + now + ".");
  }

  /** The first key with this name, of any section. */
  private Optional<String> fullName(String key) {
    String name = key.substring(key.lastIndexOf('.') + 1);
    return sectionOf(name).map(section -> child(section, name));
  }

  /** The first section that has a key of this name. */
  private Optional<String> sectionOf(String key) {
    return known.stream()
        .filter(path -> path.endsWith("." + key))
        .map(path -> path.substring(0, path.length() - key.length() - 1))
        .findFirst();
  }

  private Origin valueOrigin(Entry entry) {
    // An empty value has no place of its own.
    return YamlFile.origin(file, isNull(entry.value) ? entry.key : entry.value);
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getTag().equals(Tag.STR) || scalar.getTag().equals(Tag.NULL))
        && NULLS.contains(scalar.getValue());
  }

  private static String kind(Node node) {
    return switch (node.getNodeType()) {
      case MAPPING -> "keys with values";
      case SEQUENCE -> "a list";
      default -> "a single value";
    };
  }

  private static String shown(Node scalar) {
    return quote(((ScalarNode) scalar).getValue());
  }

  private static String quote(String text) {
    return "'" + abbreviate(text) + "'";
  }

  private static String abbreviate(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= SHOWN_LENGTH ? line : line.substring(0, SHOWN_LENGTH) + "…";
  }

  private static String kebab(String camelCase) {
    return camelCase.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static Type typeArgument(RecordComponent component, int index) {
    return ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[index];
  }

  private static Class<?> elementType(RecordComponent list) {
    return (Class<?>) typeArgument(list, 0);
  }

  private static Class<?> elementType(ParameterizedType list) {
    return (Class<?>) list.getActualTypeArguments()[0];
  }

  private static Record defaults(Class<? extends Record> section) {
    try {
      Method defaults = section.getDeclaredMethod("defaults");
      defaults.setAccessible(true);
      return (Record) defaults.invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(section + " has no static method defaults()", e);
    }
  }

  private static @Nullable Object read(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " can't be read", e);
    }
  }

  private static Record create(
      Class<? extends Record> type, RecordComponent[] components, Object[] values) {
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<? extends Record> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          type
              + " can't be made from "
              + Arrays.stream(components)
                  .map(RecordComponent::getName)
                  .collect(Collectors.joining(", ")),
          e);
    }
  }
}
