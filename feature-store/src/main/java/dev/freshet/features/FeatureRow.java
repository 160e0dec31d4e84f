package dev.freshet.features;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The features of one entity as they were stored. A feature without a value is told apart from 0,
 * from an empty text and from an empty list: its accessor returns an empty optional.
 *
 * <p>Every accessor throws {@link IllegalArgumentException} if the catalog has no such feature, or
 * one of another type: a misspelt name must not read as a missing value for ever.
 */
public final class FeatureRow {
  private final String entity;
  private final String id;
  private final FeatureVersion version;
  private final List<FeatureDefinition> features;
  private final Object[] values;

  /**
   * @param values in the order of {@code features}, null where there is none; not copied
   */
  FeatureRow(
      String entity,
      String id,
      FeatureVersion version,
      List<FeatureDefinition> features,
      Object[] values) {
    this.entity = entity;
    this.id = id;
    this.version = version;
    this.features = features;
    this.values = values;
  }

  public String entity() {
    return entity;
  }

  public String id() {
    return id;
  }

  public FeatureVersion version() {
    return version;
  }

  /** Whether the feature, of any type, has a value. */
  public boolean has(String name) {
    return values[FeatureCatalog.index(features, entity, name)] != null;
  }

  /** The value of a {@link FeatureType#LONG} feature. */
  public OptionalLong getLong(String name) {
    Object value = value(name, FeatureType.LONG);
    return value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
  }

  /** The value of a {@link FeatureType#DOUBLE} feature. */
  public OptionalDouble getDouble(String name) {
    Object value = value(name, FeatureType.DOUBLE);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
  }

  /** The value of a {@link FeatureType#STRING} feature. */
  public Optional<String> getString(String name) {
    return Optional.ofNullable((String) value(name, FeatureType.STRING));
  }

  /** The value of a {@link FeatureType#STRINGS} feature. */
  public Optional<List<String>> getStrings(String name) {
    Object value = value(name, FeatureType.STRINGS);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(((List<?>) value).stream().map(String.class::cast).toList());
  }

  /**
   * The values that are present, by name, in the catalog's order: {@link Long}, {@link Double},
   * {@link String} or a list of strings.
   */
  public Map<String, Object> values() {
    Map<String, Object> present = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        present.put(features.get(i).name(), values[i]);
      }
    }
    return Collections.unmodifiableMap(present);
  }

  private Object value(String name, FeatureType type) {
    int index = FeatureCatalog.index(features, entity, name);
    FeatureType actual = features.get(index).type();
    if (actual != type) {
      throw new IllegalArgumentException(
          "Feature '" + name + "' of '" + entity + "' is a " + actual + ", not a " + type);
    }
    return values[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureRow row
        && entity.equals(row.entity)
        && id.equals(row.id)
        && version.equals(row.version)
        && values().equals(row.values());
  }

  @Override
  public int hashCode() {
    return Objects.hash(entity, id, version);
  }

  @Override
  public String toString() {
    return entity + " " + id + " " + version + " " + values();
  }
}
