package dev.freshet.client.model;

import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.ranking.feature.RankingFeatures;
import java.util.Optional;
import java.util.TreeMap;

/** A model that has learned nothing: it leaves candidates in the order of their sources. */
public final class UntrainedModel {

  private UntrainedModel() {}

  /** The bytes of the ONNX file. */
  public static byte[] onnx(String name, String version) {
    return OnnxExport.toOnnx(
        new MlpRanker(RankingFeatures.NAMES.size(), new int[0], 0),
        new ModelMetadata(name, version, RankingFeatures.NAMES, Optional.empty(), new TreeMap<>()));
  }
}
