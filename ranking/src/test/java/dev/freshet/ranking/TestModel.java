package dev.freshet.ranking;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankingExample;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.serving.ModelScoring;
import dev.freshet.ranking.serving.RankerSettings;
import dev.freshet.ranking.serving.Scoring;
import dev.freshet.schema.ModelRelease;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A real ONNX model with random weights, over all features. */
public final class TestModel {

  public static final String NAME = "test";
  public static final String VERSION = "v7";

  private TestModel() {}

  /** A version of the model as its weights are in Java. */
  public static MlpRanker ranker(String version) {
    int features = RankingFeatures.NAMES.size();
    int count = 100;
    SplittableRandom random = new SplittableRandom(version.hashCode());
    float[] rows = new float[count * features];
    for (int value = 0; value < rows.length; value++) {
      rows[value] = (float) random.nextDouble(0, 2);
    }
    MlpRanker ranker = new MlpRanker(features, new int[] {8}, version.hashCode());
    ranker.observe(new RankingExample(rows, count, new float[count]));
    return ranker;
  }

  public static byte[] onnx() {
    return onnx(NAME, VERSION);
  }

  public static byte[] onnx(String name, String version) {
    return OnnxExport.toOnnx(
        ranker(version),
        new ModelMetadata(name, version, RankingFeatures.NAMES, Optional.empty(), new TreeMap<>()));
  }

  /** A version as it is published. */
  public static ModelRelease release(String name, String version) {
    byte[] onnx = onnx(name, version);
    return ModelRelease.newBuilder()
        .setName(name)
        .setVersion(version)
        .setSha256(PublishedModels.sha256(onnx))
        .setOnnx(ByteBuffer.wrap(onnx))
        .setFeatureNames(RankingFeatures.NAMES)
        .setPublishedTime(PublishedModels.TIME)
        .build();
  }

  /** The model as an operator scores with it; closing the scorer is the test's business. */
  public static Scoring scoring(OnnxScorer scorer) {
    try {
      return new ModelScoring(ModelBundle.of(onnx()), scorer, RankingFeatures.NAMES, 100);
    } catch (ModelRejectedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sources with evidence and what is popular, small lists. */
  public static Placement placement() {
    LinkedHashMap<String, Integer> quotas = new LinkedHashMap<>();
    quotas.put("transitions", 10);
    quotas.put("covisits", 10);
    quotas.put("recent", 5);
    quotas.put("popular", 10);
    return Placements.of(quotas).named("home");
  }

  public static RankerSettings settings() {
    return settings(placement());
  }

  public static RankerSettings settings(Placement... placements) {
    return new RankerSettings(
        8, List.of(placements), StoreFeatures.NONE, true, 4, true, true, RankerSettings.SETTLED);
  }
}
