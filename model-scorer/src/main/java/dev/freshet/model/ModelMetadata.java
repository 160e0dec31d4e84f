package dev.freshet.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model says about itself, kept in the ONNX file's {@code metadata_props}:
 *
 * <table>
 * <caption>Properties</caption>
 * <tr><td>{@code freshet.name}</td><td>name of the model</td></tr>
 * <tr><td>{@code freshet.version}</td><td>version, unique within the name</td></tr>
 * <tr><td>{@code freshet.features}</td><td>names of the input's columns, in order, one per line</td></tr>
 * <tr><td>{@code freshet.catalog_hash}</td><td>optional: content hash of the feature catalog it was trained with</td></tr>
 * <tr><td>{@code freshet.lineage.KEY}</td><td>optional, any number: how it was made</td></tr>
 * </table>
 *
 * <p>Other properties are allowed and ignored. An exporter in another language writes the same
 * properties.
 *
 * @param name name of the model, not blank
 * @param version version, unique within the name, not blank
 * @param featureNames names of the input's columns, in order; at least one, none blank, none twice,
 *     no line breaks
 * @param catalogHash content hash of the feature catalog that it was trained with, lower-case hex
 * @param lineage how it was made: free text, units are in the keys
 */
public record ModelMetadata(
    String name,
    String version,
    List<String> featureNames,
    Optional<String> catalogHash,
    SortedMap<String, String> lineage) {

  static final String NAME = "freshet.name";
  static final String VERSION = "freshet.version";
  static final String FEATURES = "freshet.features";
  static final String CATALOG_HASH = "freshet.catalog_hash";
  static final String LINEAGE_PREFIX = "freshet.lineage.";

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a value is not as described above
   */
  public ModelMetadata {
    requireText(NAME, name);
    requireText(VERSION, version);
    catalogHash.ifPresent(hash -> requireText(CATALOG_HASH, hash));
    featureNames = List.copyOf(featureNames);
    if (featureNames.isEmpty()) {
      throw new IllegalArgumentException(FEATURES + " names no feature");
    }
    Map<String, Integer> columns = new HashMap<>();
    for (int column = 0; column < featureNames.size(); column++) {
      String feature = featureNames.get(column);
      if (feature.isBlank() || feature.indexOf('\n') >= 0 || feature.indexOf('\r') >= 0) {
        throw new IllegalArgumentException(
            "%s: name of column %d is blank or has a line break".formatted(FEATURES, column));
      }
      Integer first = columns.putIfAbsent(feature, column);
      if (first != null) {
        throw new IllegalArgumentException(
            "%s: '%s' names both column %d and column %d"
                .formatted(FEATURES, feature, first, column));
      }
    }
    lineage = Collections.unmodifiableSortedMap(new TreeMap<>(lineage));
  }

  private static void requireText(String key, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(key + " is blank");
    }
  }

  /** Returns the metadata as ONNX {@code metadata_props}, in the order of their keys. */
  public SortedMap<String, String> toProperties() {
    SortedMap<String, String> properties = new TreeMap<>();
    properties.put(NAME, name);
    properties.put(VERSION, version);
    properties.put(FEATURES, String.join("\n", featureNames));
    catalogHash.ifPresent(hash -> properties.put(CATALOG_HASH, hash));
    lineage.forEach((key, value) -> properties.put(LINEAGE_PREFIX + key, value));
    return properties;
  }

  /** Returns those of the required property names that are not in the given properties. */
  static List<String> missing(Map<String, String> properties) {
    List<String> missing = new ArrayList<>(List.of(NAME, VERSION, FEATURES));
    missing.removeAll(properties.keySet());
    return missing;
  }

  /**
   * Reads ONNX {@code metadata_props} of which none is {@link #missing}.
   *
   * @throws IllegalArgumentException if a value is not as described above
   */
  static ModelMetadata fromProperties(Map<String, String> properties) {
    SortedMap<String, String> lineage = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(LINEAGE_PREFIX)) {
            lineage.put(key.substring(LINEAGE_PREFIX.length()), value);
          }
        });
    return new ModelMetadata(
        properties.get(NAME),
        properties.get(VERSION),
        List.of(properties.get(FEATURES).split("\n", -1)),
        Optional.ofNullable(properties.get(CATALOG_HASH)),
        lineage);
  }
}
