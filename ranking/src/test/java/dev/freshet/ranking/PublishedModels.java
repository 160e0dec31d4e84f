package dev.freshet.ranking;

import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Real models and plans, as they are published. */
public final class PublishedModels {

  public static final List<String> FEATURES = List.of("a", "b");
  public static final Instant TIME = Instant.parse("2026-01-31T08:00:00Z");

  private PublishedModels() {}

  public static byte[] onnx(String name, String version, List<String> features) {
    return OnnxExport.toOnnx(
        new MlpRanker(features.size(), new int[] {4}, 7),
        new ModelMetadata(name, version, features, Optional.empty(), new TreeMap<>()));
  }

  /** A release of the model {@code shop}, as it should be. */
  public static ModelRelease.Builder release(String version) {
    byte[] onnx = onnx("shop", version, FEATURES);
    return ModelRelease.newBuilder()
        .setName("shop")
        .setVersion(version)
        .setSha256(sha256(onnx))
        .setOnnx(ByteBuffer.wrap(onnx))
        .setFeatureNames(FEATURES)
        .setLineage(Map.of("epochs", "3"))
        .setPublishedTime(TIME);
  }

  public static ModelPlan plan(PlanStep... steps) {
    return new ModelPlan("shop", Arrays.asList(steps), null);
  }

  public static PlanStep step(Instant from, List<String> shadows, PlanVariant... variants) {
    return new PlanStep(from, Arrays.asList(variants), shadows, "", TIME);
  }

  public static PlanVariant variant(String version, int share) {
    return new PlanVariant(version, version, share);
  }

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
