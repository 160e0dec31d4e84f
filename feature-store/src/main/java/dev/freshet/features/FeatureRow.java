package dev.freshet.features;

import dev.freshet.features.type.Accumulator;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the store has of one entity: the packed values of its groups. Values are worked out when
 * they are asked for, {@link #at} a time, since many of them move with time. Immutable and
 * thread-safe.
 */
public final class FeatureRow {
  private final FeatureCatalog catalog;
  private final Entity entity;
  private final String id;

  /** Packed values by group; a group without a stored value is absent. */
  private final Map<String, byte[]> packed;

  /**
   * @param packed by the group's name, at least one; not copied
   * @throws FeatureLayoutException if one is of another layout, or has no whole header; other
   *     damage is found when features are asked for
   */
  public FeatureRow(FeatureCatalog catalog, Entity entity, String id, Map<String, byte[]> packed) {
    this.catalog = catalog;
    this.entity = entity;
    this.id = id;
    this.packed = packed;
    // Only the header is read: reading vectors finds the features itself.
    packed.forEach(
        (group, bytes) -> {
          try {
            PackedRow.requireHeader(bytes);
          } catch (FeatureLayoutException e) {
            throw unreadable(group, e);
          }
        });
  }

  private PackedRow parse(FeatureGroup group) {
    byte[] bytes = packed.get(group.name());
    if (bytes == null) {
      return null;
    }
    try {
      return new PackedRow(group).parse(bytes);
    } catch (FeatureLayoutException e) {
      throw unreadable(group.name(), e);
    }
  }

  /**
   * @param what a group, or a feature with its group
   */
  FeatureLayoutException unreadable(String what, FeatureLayoutException e) {
    return new FeatureLayoutException(
        "Cannot read the stored features %s.%s of '%s': %s"
            .formatted(entity, what, id, e.getMessage()),
        e);
  }

  FeatureCatalog catalog() {
    return catalog;
  }

  /** The bytes of a group; null if nothing of it is stored. */
  byte[] bytes(String group) {
    return packed.get(group);
  }

  public Entity entity() {
    return entity;
  }

  public String id() {
    return id;
  }

  /** The version of a group's value; empty if nothing of the group is stored. */
  public Optional<FeatureVersion> version(String group) {
    return Optional.ofNullable(packed.get(group)).map(RowUpdater::version);
  }

  /** The newest version of all groups. */
  public FeatureVersion version() {
    return packed.values().stream()
        .map(RowUpdater::version)
        .max(FeatureVersion::compareTo)
        .orElseThrow();
  }

  /** The bytes of a group as they are stored; not copied. */
  public Optional<byte[]> packed(String group) {
    return Optional.ofNullable(packed.get(group));
  }

  /**
   * The values as of a time: windows, decay and ages are right for it.
   *
   * @param time epoch milliseconds, usually now
   */
  public Values at(long time) {
    return new Values(time);
  }

  @Override
  public String toString() {
    return entity + " " + id + " " + packed.keySet();
  }

  /**
   * The values as of one time. The typed getters give the feature's default, or an empty optional,
   * if there is no value; {@link #get} gives the reason. Every method throws {@link
   * IllegalArgumentException} if the catalog has no such feature, or one of another type: a
   * misspelt name must not read as a missing value for ever. Stored bytes that are damaged are a
   * {@link FeatureLayoutException}.
   */
  public final class Values {
    private final long time;

    private Values(long time) {
      this.time = time;
    }

    /** The value with what is known of it. */
    public FeatureValue get(String name) {
      return value(catalog.require(entity, name));
    }

    /** A {@link ValueType#LONG} feature. */
    public OptionalLong getLong(String name) {
      Object value = orDefault(name, ValueType.LONG);
      return value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
    }

    /** A {@link ValueType#DOUBLE} feature. */
    public OptionalDouble getDouble(String name) {
      Object value = orDefault(name, ValueType.DOUBLE);
      return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
    }

    /** A {@link ValueType#TEXT} feature. */
    public Optional<String> getText(String name) {
      return Optional.ofNullable((String) orDefault(name, ValueType.TEXT));
    }

    /** A {@link ValueType#TEXTS} feature. */
    public Optional<List<String>> getTexts(String name) {
      Object value = orDefault(name, ValueType.TEXTS);
      return value == null
          ? Optional.empty()
          : Optional.of(((List<?>) value).stream().map(String.class::cast).toList());
    }

    /** A {@link ValueType#NUMBERS} feature. */
    public Optional<double[]> getNumbers(String name) {
      // A copy: a default is the catalog's own.
      return Optional.ofNullable((double[]) orDefault(name, ValueType.NUMBERS))
          .map(double[]::clone);
    }

    /** A {@link ValueType#WEIGHTS} feature, heaviest first. */
    public Optional<Map<String, Double>> getWeights(String name) {
      Object value = orDefault(name, ValueType.WEIGHTS);
      if (value == null) {
        return Optional.empty();
      }
      Map<String, Double> weights = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((text, weight) -> weights.put((String) text, (Double) weight));
      return Optional.of(Collections.unmodifiableMap(weights));
    }

    /** What is known of every feature of the entity, in the catalog's order. */
    public Map<String, FeatureValue> all() {
      Map<String, FeatureValue> values = new LinkedHashMap<>();
      for (FeatureGroup group : catalog.groups(entity)) {
        PackedRow row = parse(group);
        List<FeatureDefinition> features = group.features();
        for (int i = 0; i < features.size(); i++) {
          values.put(features.get(i).name(), value(row, i, features.get(i)));
        }
      }
      return values;
    }

    /** The values that are present, by name, in the catalog's order. */
    public Map<String, Object> present() {
      Map<String, Object> present = new LinkedHashMap<>();
      all()
          .forEach(
              (name, value) -> {
                if (value.isPresent()) {
                  present.put(name, value.value());
                }
              });
      return present;
    }

    private Object orDefault(String name, ValueType type) {
      FeatureDefinition feature = catalog.require(entity, name);
      if (feature.valueType() != type) {
        throw new IllegalArgumentException(
            "Feature '%s' of '%s' has %s values, not %s"
                .formatted(name, entity, feature.valueType(), type));
      }
      FeatureValue value = value(feature);
      return value.isPresent() ? value.value() : feature.defaultValue();
    }

    private FeatureValue value(FeatureDefinition feature) {
      FeatureGroup group = catalog.group(entity, feature.group()).orElseThrow();
      return value(parse(group), group.indexOf(feature.name()), feature);
    }

    private FeatureValue value(PackedRow row, int index, FeatureDefinition feature) {
      if (row == null) {
        return FeatureValue.MISSING;
      }
      if (!row.has(index)) {
        return FeatureValue.EMPTY;
      }
      long eventTime = row.time(index);
      if (RowUpdater.isForgotten(feature, eventTime, time)) {
        return new FeatureValue(FeatureValue.Status.EXPIRED, null, eventTime);
      }
      Accumulator accumulator = feature.aggregation().newAccumulator();
      Object value;
      try {
        row.read(index, accumulator);
        value = accumulator.valueAt(time);
      } catch (FeatureLayoutException e) {
        throw unreadable(feature.group() + "." + feature.name(), e);
      }
      return value == null
          ? FeatureValue.EMPTY
          : new FeatureValue(FeatureValue.Status.PRESENT, value, eventTime);
    }

    @Override
    public String toString() {
      return Objects.toString(present());
    }
  }
}
