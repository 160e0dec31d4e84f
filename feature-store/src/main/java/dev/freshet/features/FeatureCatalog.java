package dev.freshet.features;

import dev.freshet.features.type.EventField;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All features, as a YAML file defines them: docs/feature-catalog.md describes it. Immutable;
 * serialized as the text that it was read from.
 */
public final class FeatureCatalog implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient String source;
  private final transient String text;
  private final transient Map<Entity, Map<String, FeatureGroup>> groups;
  private final transient Map<Entity, List<FeatureGroup>> groupLists = new EnumMap<>(Entity.class);
  private final transient Map<Entity, Map<String, FeatureDefinition>> features;
  private final transient String hash;

  FeatureCatalog(String source, String text, List<FeatureDefinition> features) {
    this.source = source;
    this.text = text;
    this.features = new EnumMap<>(Entity.class);
    Map<Entity, Map<String, List<FeatureDefinition>>> sorted = new LinkedHashMap<>();
    for (FeatureDefinition feature : features) {
      this.features
          .computeIfAbsent(feature.entity(), entity -> new HashMap<>())
          .put(feature.name(), feature);
      sorted
          .computeIfAbsent(feature.entity(), entity -> new LinkedHashMap<>())
          .computeIfAbsent(feature.group(), group -> new ArrayList<>())
          .add(feature);
    }
    Map<Entity, Map<String, FeatureGroup>> built = new LinkedHashMap<>();
    sorted.forEach(
        (entity, byName) -> {
          Map<String, FeatureGroup> ofEntity = new LinkedHashMap<>();
          byName.forEach((name, list) -> ofEntity.put(name, new FeatureGroup(entity, name, list)));
          built.put(entity, Collections.unmodifiableMap(ofEntity));
          groupLists.put(entity, List.copyOf(ofEntity.values()));
        });
    groups = Collections.unmodifiableMap(built);
    hash = hash(groups);
  }

  /**
   * Reads a catalog file.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  public static FeatureCatalog load(Path file) {
    return parse(file.toString(), YamlFile.read(file));
  }

  /**
   * Reads a catalog.
   *
   * @param source the file's name, for errors
   * @throws ConfigurationException with everything that is wrong with it
   */
  public static FeatureCatalog parse(String source, String text) {
    return new FeatureCatalog(source, text, new CatalogFile(source).read(text));
  }

  /** The name of the file that it was read from. */
  public String source() {
    return source;
  }

  /** The kinds of entities that have features, in the order of their first ones. */
  public Set<Entity> entities() {
    return groups.keySet();
  }

  /** The groups of an entity, in the order of their first features; empty if there are none. */
  public List<FeatureGroup> groups(Entity entity) {
    return groupLists.getOrDefault(entity, List.of());
  }

  /** All groups. */
  public List<FeatureGroup> groups() {
    return groups.values().stream().flatMap(byName -> byName.values().stream()).toList();
  }

  /** The group of an entity that the job computes, if the entity has one. */
  public Optional<FeatureGroup> computed(Entity entity) {
    return groups(entity).stream()
        .filter(group -> group.source() == FeatureDefinition.Source.JOB)
        .findFirst();
  }

  /** A group by its name. */
  public Optional<FeatureGroup> group(Entity entity, String name) {
    return Optional.ofNullable(groups.getOrDefault(entity, Map.of()).get(name));
  }

  /** All features of an entity, group by group. */
  public List<FeatureDefinition> features(Entity entity) {
    return groups(entity).stream().flatMap(group -> group.features().stream()).toList();
  }

  /** All features. */
  public List<FeatureDefinition> features() {
    return groups().stream().flatMap(group -> group.features().stream()).toList();
  }

  /** The feature of a name, if the entity has it. */
  public Optional<FeatureDefinition> feature(Entity entity, String name) {
    return Optional.ofNullable(features.getOrDefault(entity, Map.of()).get(name));
  }

  /** The feature of a name, which must be there. */
  FeatureDefinition require(Entity entity, String name) {
    return feature(entity, name)
        .orElseThrow(
            () -> {
              List<String> names = features(entity).stream().map(FeatureDefinition::name).toList();
              return new IllegalArgumentException(
                  "No feature '%s' of '%s' in the feature catalog; %s"
                      .formatted(
                          name,
                          entity,
                          Suggestion.closest(name, names)
                              .map(meant -> "did you mean '" + meant + "'?")
                              .orElse("it has " + names)));
            });
  }

  /** The items' attributes that any feature looks at. */
  public Set<String> attributes() {
    return fields(EventField::attribute);
  }

  /** The entries of the actions' context that any feature looks at. */
  public Set<String> contextEntries() {
    return fields(EventField::contextEntry);
  }

  private Set<String> fields(Function<EventField, Optional<String>> name) {
    return features().stream()
        .flatMap(feature -> feature.aggregation().fields().stream())
        .flatMap(field -> name.apply(field).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The catalog's version: SHA-256 over the hashes of its groups, as 64 hexadecimal digits. Equal
   * hashes mean that the same is stored in the same way.
   */
  public String hash() {
    return hash;
  }

  private static String hash(Map<Entity, Map<String, FeatureGroup>> groups) {
    StringBuilder content = new StringBuilder("freshet feature catalog 2\n");
    groups.values().stream()
        .flatMap(byName -> byName.values().stream())
        .map(group -> group + " " + Long.toHexString(group.hash()) + "\n")
        .sorted()
        .forEach(content::append);
    return HexFormat.of().formatHex(Sha256.of(content.toString()).array());
  }

  /**
   * The same features with values that are given as a whole, for a store that keeps values and not
   * what they come from. Features that are given as it is stay as they are. Can't be serialized.
   */
  public FeatureCatalog asGiven() {
    return new FeatureCatalog(
        source, null, features().stream().map(FeatureDefinition::asGiven).toList());
  }

  private Object writeReplace() {
    return new Text(source, text);
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("A catalog is read from its text");
  }

  private record Text(String source, String text) implements Serializable {
    private Object readResolve() {
      return parse(source, text);
    }
  }
}
