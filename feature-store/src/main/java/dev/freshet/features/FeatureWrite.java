package dev.freshet.features;

import java.util.Objects;

/**
 * The whole new value of one group of an entity, to be written.
 *
 * @param group what the features are
 * @param id the entity's id: any text but an empty one
 * @param packed what {@link RowUpdater} gave; neither copied nor changed
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied: this is made for every write.
public record FeatureWrite(FeatureGroup group, String id, byte[] packed) {
  public FeatureWrite {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(packed, "packed");
  }
}
