package dev.freshet.features;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The features of one kind of entity that are stored together in one value: one key, one version,
 * one writer.
 */
public final class FeatureGroup {
  private final Entity entity;
  private final String name;
  private final List<FeatureDefinition> features;
  private final int[] tags;

  /** All tags under which values may be stored, also those of former names, ascending. */
  private final int[] knownTags;

  /** Index of the feature, by position as in {@link #knownTags}. */
  private final int[] knownIndexes;

  private final Map<String, Integer> byName = new HashMap<>();
  private final long hash;

  FeatureGroup(Entity entity, String name, List<FeatureDefinition> features) {
    this.entity = entity;
    this.name = name;
    this.features = List.copyOf(features);
    tags = features.stream().mapToInt(FeatureDefinition::tag).toArray();
    Map<Integer, Integer> byTag = new TreeMap<>();
    for (int i = 0; i < tags.length; i++) {
      byName.put(features.get(i).name(), i);
      byTag.put(tags[i], i);
      for (String former : features.get(i).formerNames()) {
        byTag.put(features.get(i).tag(former), i);
      }
    }
    knownTags = byTag.keySet().stream().mapToInt(tag -> tag).toArray();
    knownIndexes = byTag.values().stream().mapToInt(index -> index).toArray();
    StringBuilder content = new StringBuilder("freshet feature group 1\n");
    for (int tag : tags) {
      content.append(tag).append('\n');
    }
    hash = Sha256.of(content.toString()).getLong();
  }

  public Entity entity() {
    return entity;
  }

  public String name() {
    return name;
  }

  /** The features in the order in which they are stored. */
  public List<FeatureDefinition> features() {
    return features;
  }

  public FeatureDefinition.Source source() {
    return features.get(0).source();
  }

  /**
   * What rows of this group begin with: two groups of the same hash have the same features in the
   * same order. Descriptions, defaults and TTLs don't count: they don't change what is stored.
   */
  public long hash() {
    return hash;
  }

  /** For how long after its newest event a row can say anything; {@link Long#MAX_VALUE}: ever. */
  public long retention() {
    return features.stream().mapToLong(FeatureDefinition::retention).max().orElseThrow();
  }

  /** The longest TTL; {@link Long#MAX_VALUE} if a feature has none. */
  public long ttl() {
    return features.stream().mapToLong(FeatureDefinition::ttl).max().orElseThrow();
  }

  /** Whether any of the features looks at an event. */
  public boolean takes(FeatureEvent event) {
    for (FeatureDefinition feature : features) {
      if (feature.takes(event)) {
        return true;
      }
    }
    return false;
  }

  int tag(int index) {
    return tags[index];
  }

  /** The tags of {@link #features}; not to be changed. */
  int[] tags() {
    return tags;
  }

  /** Where a feature is in {@link #features}; -1 if the group doesn't have it. */
  public int indexOf(String feature) {
    return byName.getOrDefault(feature, -1);
  }

  /** Where the feature of a tag is, also one of a former name; -1 if it isn't known. */
  int indexOfTag(int tag) {
    int at = Arrays.binarySearch(knownTags, tag);
    return at < 0 ? -1 : knownIndexes[at];
  }

  @Override
  public String toString() {
    return entity + "." + name;
  }
}
