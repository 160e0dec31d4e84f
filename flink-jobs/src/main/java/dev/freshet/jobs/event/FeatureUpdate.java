package dev.freshet.jobs.event;

/** The whole value of an entity's features, packed, to be written absolutely by its version. */
public class FeatureUpdate {

  /** {@code user} or {@code item}. */
  public String entity;

  public String id;

  /** What Redis stores: version and values, as {@code PackedCodec} lays them out. */
  public byte[] packed;

  public FeatureUpdate() {}

  public FeatureUpdate(String entity, String id, byte[] packed) {
    this.entity = entity;
    this.id = id;
    this.packed = packed;
  }
}
