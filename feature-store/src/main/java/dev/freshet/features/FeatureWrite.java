package dev.freshet.features;

import java.util.Objects;

/**
 * The whole new value of one entity, to be written.
 *
 * @param entity the kind of entity, as in the catalog
 * @param id the entity's id: any text but an empty one
 * @param packed what {@link PackedCodec.Writer#toBytes()} gave; neither copied nor changed
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied: this is made for every write.
public record FeatureWrite(String entity, String id, byte[] packed) {
  public FeatureWrite {
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(packed, "packed");
  }
}
