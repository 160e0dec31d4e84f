package dev.freshet.model;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.OnnxExport.Precision;
import dev.freshet.model.train.RankingExample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Real models for tests: exported rankers, and such that were damaged on purpose. */
public final class TestModels {
  private TestModels() {}

  public static ModelMetadata metadata(int features) {
    return new ModelMetadata(
        "default",
        "v1",
        IntStream.range(0, features).mapToObj(i -> "feature_" + i).toList(),
        Optional.of("cafe"),
        new TreeMap<>(Map.of("examples", "1000", "note", "two\nlines, ünïcode")));
  }

  /** A ranker with random weights that has observed rows between -3 and 3. */
  public static MlpRanker ranker(int features, int... hidden) {
    MlpRanker ranker = new MlpRanker(features, hidden, 7);
    ranker.observe(new RankingExample(rows(200, features, 3), 200, new float[200]));
    return ranker;
  }

  public static byte[] onnx(int features, int... hidden) {
    return OnnxExport.toOnnx(ranker(features, hidden), metadata(features));
  }

  /** As {@link #onnx(int, int...)}, quantised. */
  public static byte[] int8(int features, int... hidden) {
    return OnnxExport.toOnnx(ranker(features, hidden), metadata(features), Precision.INT8);
  }

  /** Rows between -3 and 3, some values NaN. */
  public static float[] rows(int count, int features, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] rows = new float[count * features];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextInt(11) == 0 ? Float.NaN : (float) random.nextDouble(-3, 3);
    }
    return rows;
  }

  /** A model of 4 features, with one hidden layer of 3, after a change. */
  public static byte[] changed(Consumer<ModelProto.Builder> change) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(onnx(4, 3)).toBuilder();
      change.accept(model);
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> names(int features) {
    return metadata(features).featureNames();
  }
}
