package dev.freshet.protocol.model;

import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;

/**
 * Keys of the topic {@code models}. Compaction keeps the last record of each: every model that was
 * published, and the newest plan of each name.
 */
public final class ModelKeys {

  private static final String RELEASE = "release/";
  private static final String PLAN = "plan/";

  private ModelKeys() {}

  /** The key of a record. */
  public static String of(ModelRecord record) {
    if (record.getContent() instanceof ModelRelease release) {
      return release(release.getName(), release.getVersion());
    }
    return plan(((ModelPlan) record.getContent()).getName());
  }

  /** The key of a model. */
  public static String release(String name, String version) {
    return RELEASE + name + "/" + version;
  }

  /** The key of a plan. */
  public static String plan(String name) {
    return PLAN + name;
  }
}
