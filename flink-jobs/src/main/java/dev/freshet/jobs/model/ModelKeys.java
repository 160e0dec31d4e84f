package dev.freshet.jobs.model;

import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import java.util.regex.Pattern;

/**
 * Keys of the topic {@code models}. Compaction keeps the last record of each: every model that was
 * published, and the newest plan of each name.
 */
public final class ModelKeys {

  private static final String RELEASE = "release/";
  private static final String PLAN = "plan/";

  /** What a key, a column and a line can carry. */
  private static final Pattern NAME = Pattern.compile("[^/\\s\\p{Cntrl}]{1,128}");

  private ModelKeys() {}

  /** Whether a text can be the name of a model, of a version or of a variant. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The rule of {@link #isName}, to end an error with. */
  public static String namingRule() {
    return "Use 1 to 128 characters without '/' and spaces.";
  }

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
