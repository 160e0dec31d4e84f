package dev.freshet.client.feature;

import dev.freshet.client.feature.FeatureConsistency.Example;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Compares stored features with recomputed ones, entity by entity, as of one time. Values are equal
 * or not: the same events give the same bits, so there is no tolerance. Features that the job does
 * not compute are left out. For one thread.
 */
public final class FeatureComparison {

  private static final int MOST_EXAMPLES = 3;

  private final FeatureCatalog catalog;
  private final OptionalLong asOf;
  private final Map<Entity, Counts[]> counts = new EnumMap<>(Entity.class);

  /** What was found of one feature. */
  static final class Counts {
    private long equal;
    private long differing;
    private long missing;
    private long extra;
    private double largestAbsolute;
    private double largestRelative;
    private final List<Example> examples = new ArrayList<>();

    long differing() {
      return differing;
    }

    double largestAbsolute() {
      return largestAbsolute;
    }

    double largestRelative() {
      return largestRelative;
    }
  }

  /**
   * @param asOf epoch milliseconds as of which values are read on both sides; empty: what was
   *     recomputed as of its own newest event, as a store has it that keeps values as of the last
   *     write
   */
  public FeatureComparison(FeatureCatalog catalog, OptionalLong asOf) {
    this.catalog = catalog;
    this.asOf = asOf;
    for (Entity entity : catalog.entities()) {
      catalog
          .computed(entity)
          .ifPresent(
              group -> {
                Counts[] ofEntity = new Counts[group.features().size()];
                Arrays.setAll(ofEntity, feature -> new Counts());
                counts.put(entity, ofEntity);
              });
    }
  }

  /** Compares what there is of one entity. */
  public void compare(
      Entity entity, String id, Optional<FeatureRow> recomputed, Optional<FeatureRow> stored) {
    Optional<FeatureGroup> computed = catalog.computed(entity);
    if (computed.isEmpty()) {
      return;
    }
    FeatureGroup group = computed.get();
    Map<String, FeatureValue> ours = values(recomputed);
    // What is the same byte for byte has the same values.
    Map<String, FeatureValue> theirs = isSame(group, recomputed, stored) ? ours : values(stored);
    for (int i = 0; i < group.features().size(); i++) {
      FeatureDefinition feature = group.features().get(i);
      compare(counts.get(entity)[i], id, value(ours, feature), value(theirs, feature));
    }
  }

  private Map<String, FeatureValue> values(Optional<FeatureRow> row) {
    return row.map(present -> present.at(asOf.orElse(present.version().eventTime())).all())
        .orElse(Map.of());
  }

  private static boolean isSame(
      FeatureGroup group, Optional<FeatureRow> one, Optional<FeatureRow> other) {
    Optional<byte[]> bytes = one.flatMap(row -> row.packed(group.name()));
    Optional<byte[]> otherBytes = other.flatMap(row -> row.packed(group.name()));
    return bytes.isPresent()
        && otherBytes.isPresent()
        && Arrays.equals(bytes.get(), otherBytes.get());
  }

  /** Values as of the last write are written with their defaults. */
  private Object value(Map<String, FeatureValue> values, FeatureDefinition feature) {
    FeatureValue value = values.get(feature.name());
    if (value == null || !value.isPresent()) {
      return value == null || asOf.isPresent() ? null : feature.defaultValue();
    }
    return value.value();
  }

  static void compare(Counts counts, String id, Object recomputed, Object stored) {
    if (recomputed == null && stored == null) {
      return;
    }
    if (recomputed == null) {
      counts.extra++;
    } else if (stored == null) {
      counts.missing++;
    } else if (isEqual(recomputed, stored)) {
      counts.equal++;
      return;
    } else {
      counts.differing++;
      measure(counts, recomputed, stored);
    }
    if (counts.examples.size() < MOST_EXAMPLES) {
      counts.examples.add(new Example(id, recomputed, stored));
    }
  }

  static boolean isEqual(Object one, Object other) {
    if (one instanceof double[] numbers && other instanceof double[] others) {
      return numbers.length == others.length
          && Arrays.equals(positiveZeros(numbers), positiveZeros(others));
    }
    if (one instanceof Double number && other instanceof Double otherNumber) {
      return isEqual((double) number, (double) otherNumber);
    }
    return one.equals(other);
  }

  /** NaN is equal to itself, 0 to -0. */
  private static boolean isEqual(double one, double other) {
    return one == other || Double.isNaN(one) && Double.isNaN(other);
  }

  private static double[] positiveZeros(double[] numbers) {
    return Arrays.stream(numbers).map(number -> number + 0.0).toArray();
  }

  /** Texts have no distance, nor has NaN. */
  private static void measure(Counts counts, Object one, Object other) {
    if (one instanceof Number number && other instanceof Number otherNumber) {
      measure(counts, number.doubleValue(), otherNumber.doubleValue());
    } else if (one instanceof double[] numbers && other instanceof double[] others) {
      for (int i = 0; i < Math.min(numbers.length, others.length); i++) {
        measure(counts, numbers[i], others[i]);
      }
    } else if (one instanceof Map<?, ?> weights && other instanceof Map<?, ?> otherWeights) {
      Set<Object> texts = new HashSet<>(weights.keySet());
      texts.addAll(otherWeights.keySet());
      for (Object text : texts) {
        measure(counts, weight(weights, text), weight(otherWeights, text));
      }
    }
  }

  private static double weight(Map<?, ?> weights, Object text) {
    return weights.get(text) instanceof Number weight ? weight.doubleValue() : 0;
  }

  private static void measure(Counts counts, double one, double other) {
    double absolute = Math.abs(one - other);
    if (isEqual(one, other) || Double.isNaN(absolute)) {
      return;
    }
    counts.largestAbsolute = Math.max(counts.largestAbsolute, absolute);
    counts.largestRelative =
        Math.max(
            counts.largestRelative,
            Double.isInfinite(absolute)
                ? Double.POSITIVE_INFINITY
                : absolute / Math.max(Math.abs(one), Math.abs(other)));
  }

  /** What was found, feature by feature in the catalog's order. */
  public List<FeatureConsistency> features() {
    List<FeatureConsistency> features = new ArrayList<>();
    for (Map.Entry<Entity, Counts[]> ofEntity : counts.entrySet()) {
      FeatureGroup group = catalog.computed(ofEntity.getKey()).orElseThrow();
      for (int i = 0; i < ofEntity.getValue().length; i++) {
        Counts found = ofEntity.getValue()[i];
        features.add(
            new FeatureConsistency(
                ofEntity.getKey(),
                group.features().get(i).name(),
                found.equal,
                found.differing,
                found.missing,
                found.extra,
                found.largestAbsolute,
                found.largestRelative,
                found.examples));
      }
    }
    return features;
  }
}
