package dev.freshet.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A model's name, version, features and lineage, kept in the ONNX file's {@code metadata_props}:
 *
 * <table>
 * <caption>Properties</caption>
 * <tr><td>{@code freshet.name}</td><td>name of the model: 1 to 64 of {@code A-Z a-z 0-9 . _ -}</td></tr>
 * <tr><td>{@code freshet.version}</td><td>version, unique within the name, of the same characters</td></tr>
 * <tr><td>{@code freshet.features}</td><td>names of the input's columns, in order, one per line</td></tr>
 * <tr><td>{@code freshet.catalog_hash}</td><td>optional: content hash of the feature catalog it was trained with</td></tr>
 * <tr><td>{@code freshet.lineage.KEY}</td><td>optional, any number: how it was made</td></tr>
 * </table>
 *
 * <p>Other properties are allowed and ignored. An exporter in another language writes the same
 * properties.
 *
 * @param name name of the model: 1 to 64 of the characters {@code A-Z a-z 0-9 . _ -}, so that names
 *     and versions can be parts of keys, paths and metrics
 * @param version version, unique within the name, of the same characters
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

  private static final Pattern NAME_RULE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a value is not as described above
   */
  public ModelMetadata {
    requireName(NAME, name);
    requireName(VERSION, version);
    catalogHash.ifPresent(
        hash -> {
          if (hash.isBlank()) {
            throw new IllegalArgumentException(CATALOG_HASH + " is blank");
          }
        });
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

  /**
   * Checks a name or version.
   *
   * @param what how messages call it
   * @return the value
   * @throws IllegalArgumentException if it isn't 1 to 64 of the allowed characters
   */
  static String requireName(String what, String value) {
    if (!NAME_RULE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s is '%s', which isn't 1 to 64 of the characters A-Z a-z 0-9 . _ -"
              .formatted(what, value));
    }
    return value;
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
