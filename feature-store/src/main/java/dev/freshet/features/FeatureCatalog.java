package dev.freshet.features;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All features, in order. The order is part of the catalog: it is the order of the values in the
 * store and of a writer's indexes.
 */
public final class FeatureCatalog {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private final Map<String, List<FeatureDefinition>> byEntity;
  private final String hash;

  /**
   * @throws IllegalArgumentException if a name is malformed or occurs twice in an entity, if a
   *     description is missing, or if there is no feature at all; the message lists every error
   */
  public FeatureCatalog(List<FeatureDefinition> features) {
    validate(features);
    Map<String, List<FeatureDefinition>> grouped = new LinkedHashMap<>();
    for (FeatureDefinition feature : features) {
      grouped.computeIfAbsent(feature.entity(), e -> new ArrayList<>()).add(feature);
    }
    grouped.replaceAll((entity, list) -> List.copyOf(list));
    byEntity = Collections.unmodifiableMap(grouped);
    hash = hash(byEntity);
  }

  /** The kinds of entities, in the order of their first features. */
  public Set<String> entities() {
    return byEntity.keySet();
  }

  /**
   * The features of an entity in the catalog's order.
   *
   * @throws IllegalArgumentException if the catalog doesn't have the entity
   */
  public List<FeatureDefinition> features(String entity) {
    List<FeatureDefinition> features = byEntity.get(entity);
    if (features == null) {
      throw new IllegalArgumentException(
          "No entity '" + entity + "' in the feature catalog; it has " + entities());
    }
    return features;
  }

  /**
   * The position of a feature among its entity's features: the index that {@link
   * PackedCodec.Writer} takes.
   *
   * @throws IllegalArgumentException if the catalog doesn't have the entity or the feature
   */
  public int index(String entity, String name) {
    return index(features(entity), entity, name);
  }

  static int index(List<FeatureDefinition> features, String entity, String name) {
    for (int i = 0; i < features.size(); i++) {
      if (features.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "No feature '"
            + name
            + "' of '"
            + entity
            + "' in the feature catalog; it has "
            + features.stream().map(FeatureDefinition::name).toList());
  }

  /**
   * SHA-256 of what decides how stored values are read and what they are: per entity the features'
   * names and types in order, as 64 hexadecimal digits. Descriptions don't count: a corrected
   * sentence must not make a store unreadable. Nor does the order of the entities.
   */
  public String hash() {
    return hash;
  }

  private static void validate(List<FeatureDefinition> features) {
    List<String> errors = new ArrayList<>();
    if (features.isEmpty()) {
      errors.add("it has no features: add at least one");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < features.size(); i++) {
      FeatureDefinition feature = features.get(i);
      String where = "feature " + (i + 1) + " (" + feature.entity() + "." + feature.name() + "): ";
      if (!NAME.matcher(feature.name()).matches()) {
        errors.add(where + "the name must match " + NAME);
      }
      if (!NAME.matcher(feature.entity()).matches()) {
        errors.add(where + "the entity must match " + NAME);
      }
      if (feature.description().isBlank()) {
        errors.add(where + "the description is missing: say what it means and in which unit");
      }
      if (!seen.add(feature.entity() + "." + feature.name())) {
        errors.add(where + "the name is taken by an earlier feature of the entity: rename one");
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(
          "The feature catalog is not valid:\n  " + String.join("\n  ", errors));
    }
  }

  private static String hash(Map<String, List<FeatureDefinition>> byEntity) {
    StringBuilder content = new StringBuilder("freshet feature catalog 1\n");
    byEntity.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(entry -> entry.getValue().stream())
        // No name holds a space or a line end, so this can be read in one way only.
        .forEach(f -> content.append(f.entity() + " " + f.name() + " " + f.type() + "\n"));
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(sha256.digest(content.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
