package dev.freshet.jobs.event;

/** The whole value of an entity's computed features, to be written absolutely by its version. */
public class FeatureUpdate {

  /** Kind of entity, as in the catalog. */
  public String entity;

  public String id;

  /** What {@code RowUpdater} makes: version and features. */
  public byte[] packed;

  public FeatureUpdate() {}

  public FeatureUpdate(String entity, String id, byte[] packed) {
    this.entity = entity;
    this.id = id;
    this.packed = packed;
  }
}
