package dev.freshet.jobs.model;

import dev.freshet.jobs.kafka.RejectReason;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a record of the topic {@code models} must be like, for those who write it and the job. */
public final class ModelRules implements Serializable {

  /** A whole record of the topic, in bytes: what the topic must take. */
  public static final int MAX_RECORD_BYTES = 20 << 20;

  /** All users, in the unit of a share. */
  public static final int ALL_USERS = 10_000;

  private static final long serialVersionUID = 1;

  /** The code of what only a record can have wrong, beside those of {@link ModelBundle}. */
  private static final String MISMATCH = "RECORD_MISMATCH";

  private final LinkedHashSet<String> features;

  /**
   * @param features names of all features that ranking can compute
   */
  public ModelRules(List<String> features) {
    this.features = new LinkedHashSet<>(features);
  }

  /**
   * Checks a record.
   *
   * @param key the record's key in Kafka; null: none
   */
  public void check(String key, ModelRecord record) throws ModelRefusedException {
    if (record.getContent() instanceof ModelRelease release) {
      check(release);
    } else {
      check((ModelPlan) record.getContent());
    }
    String expected = ModelKeys.of(record);
    if (!expected.equals(key)) {
      throw record.getContent() instanceof ModelRelease
          ? mismatch("key", key, expected)
          : badPlan(
              "the key of the record is %s, but its content wants %s; another plan would be lost"
                  .formatted(key, expected));
    }
  }

  /**
   * Checks a model and that the record says of it what its file does.
   *
   * @return the checked model
   */
  public ModelBundle check(ModelRelease release) throws ModelRefusedException {
    ModelBundle model = check(bytes(release));
    require("name", release.getName(), model.name());
    require("version", release.getVersion(), model.version());
    require("sha256", release.getSha256(), model.sha256());
    require("feature_names", release.getFeatureNames(), model.featureNames());
    return model;
  }

  /** Checks a model by the bytes of its file. */
  public ModelBundle check(byte[] onnx) throws ModelRefusedException {
    ModelBundle model;
    try {
      model = ModelBundle.of(onnx);
      model.requireFeatures(features);
    } catch (ModelRejectedException e) {
      throw new ModelRefusedException(
          RejectReason.MODEL_REFUSED, e.reason() + ": " + e.getMessage());
    }
    for (String name : List.of(model.name(), model.version())) {
      if (!ModelKeys.isName(name)) {
        throw new ModelRefusedException(
            RejectReason.MODEL_REFUSED,
            "METADATA_INVALID: '%s' can't be the name or version of a model that is published. %s"
                .formatted(name, ModelKeys.namingRule()));
      }
    }
    return model;
  }

  /** Checks a plan by itself: whether its versions were published is not its own business. */
  public static void check(ModelPlan plan) throws ModelRefusedException {
    if (!ModelKeys.isName(plan.getName())) {
      throw badPlan(
          "'%s' can't be the name of a model. %s"
              .formatted(plan.getName(), ModelKeys.namingRule()));
    }
    Instant last = null;
    for (PlanStep step : plan.getSteps()) {
      if (last != null && !step.getFromTime().isAfter(last)) {
        throw badPlan(
            "the step from %s comes after that from %s; put steps in the order of their times, no two at the same"
                .formatted(step.getFromTime(), last));
      }
      last = step.getFromTime();
      check(step);
    }
  }

  private static void check(PlanStep step) throws ModelRefusedException {
    Set<String> variants = new HashSet<>();
    Set<String> versions = new HashSet<>();
    long users = 0;
    for (PlanVariant variant : step.getVariants()) {
      boolean alone = step.getVariants().size() == 1;
      if (!(alone && variant.getName().isEmpty()) && !ModelKeys.isName(variant.getName())) {
        throw badStep(step, "'%s' can't be the name of a variant. ".formatted(variant.getName()));
      }
      if (!variants.add(variant.getName())) {
        throw badStep(step, "two variants are named '%s'.".formatted(variant.getName()));
      }
      checkVersion(step, variant.getVersion(), versions);
      if (variant.getShare() < 1 || variant.getShare() > ALL_USERS) {
        throw badStep(
            step,
            "version %s has the share %,d; a share is from 1 to 10,000 of 10,000 users."
                .formatted(variant.getVersion(), variant.getShare()));
      }
      users += variant.getShare();
    }
    if (users != ALL_USERS) {
      throw badStep(
          step, "the shares add up to %,d of 10,000 users; make it all of them.".formatted(users));
    }
    for (String shadow : step.getShadows()) {
      checkVersion(step, shadow, versions);
    }
  }

  private static void checkVersion(PlanStep step, String version, Set<String> seen)
      throws ModelRefusedException {
    if (!ModelKeys.isName(version)) {
      throw badStep(step, "'%s' can't be a version. %s".formatted(version, ModelKeys.namingRule()));
    }
    if (!seen.add(version)) {
      throw badStep(
          step, "version %s is in it twice; it serves once, or is a shadow.".formatted(version));
    }
  }

  private static void require(String field, Object said, Object is) throws ModelRefusedException {
    if (!said.equals(is)) {
      throw mismatch(field, said, is);
    }
  }

  private static ModelRefusedException mismatch(String what, Object said, Object is) {
    return new ModelRefusedException(
        RejectReason.MODEL_REFUSED,
        "%s: %s of the record is %s, but its ONNX file wants %s. Publish the file with './freshet models publish'."
            .formatted(MISMATCH, what, said, is));
  }

  private static ModelRefusedException badStep(PlanStep step, String problem) {
    return badPlan("in the step from " + step.getFromTime() + ": " + problem);
  }

  private static ModelRefusedException badPlan(String problem) {
    return new ModelRefusedException(
        RejectReason.PLAN_REFUSED, "The plan can't be followed: " + problem);
  }

  private static byte[] bytes(ModelRelease release) {
    ByteBuffer onnx = release.getOnnx().duplicate();
    byte[] bytes = new byte[onnx.remaining()];
    onnx.get(bytes);
    return bytes;
  }
}
