package dev.freshet.protocol.model;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.ServingPlan;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;

/** What a record of the topic {@code models} must be like, for those who write it and the job. */
public final class ModelRules implements Serializable {

  /** A whole record of the topic, in bytes: what the topic must take. */
  public static final int MAX_RECORD_BYTES = 20 << 20;

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
    return model;
  }

  /** Checks a plan by itself, not whether its versions were published. */
  public static ServingPlan check(ModelPlan plan) throws ModelRefusedException {
    try {
      return ModelPlans.servingPlan(plan);
    } catch (IllegalArgumentException e) {
      throw badPlan(e.getMessage());
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
