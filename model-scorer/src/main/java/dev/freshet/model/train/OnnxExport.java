package dev.freshet.model.train;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.freshet.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes a ranker as ONNX in binary32, with its metadata. Input {@code features} [batch, features],
 * output {@code scores} [batch].
 *
 * <p>The graph holds everything that scoring needs: it subtracts the mean and scales, puts 0 for
 * NaN (so an unknown feature counts as its mean), clips to {@value FeatureNormalizer#LIMIT}
 * deviations, and then applies the layers. The same ranker and metadata give the same bytes.
 */
public final class OnnxExport {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("ranker");

  private OnnxExport() {}

  /**
   * Returns the bytes of an ONNX file.
   *
   * @param metadata with as many feature names as the ranker has features
   * @throws IllegalArgumentException if the numbers of features differ
   */
  public static byte[] toOnnx(MlpRanker ranker, ModelMetadata metadata) {
    if (metadata.featureNames().size() != ranker.features()) {
      throw new IllegalArgumentException(
          "the metadata names %d features, the ranker has %d"
              .formatted(metadata.featureNames().size(), ranker.features()));
    }
    return new OnnxExport().model(ranker, metadata).toByteArray();
  }

  private ModelProto model(MlpRanker ranker, ModelMetadata metadata) {
    graph.addInput(tensorInfo("features", ranker.features()));
    graph.addOutput(tensorInfo("scores"));
    String rows = normalization(ranker.normalizer());
    for (int layer = 0; layer < ranker.layers(); layer++) {
      rows = dense(ranker, layer, rows);
    }
    // [batch, 1] becomes [batch].
    node("Squeeze", "scores", rows, longs("score_axis", 1));

    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("freshet")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph);
    metadata
        .toProperties()
        .forEach(
            (key, value) ->
                model.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build();
  }

  private String normalization(FeatureNormalizer normalizer) {
    node("Sub", "centered", "features", floats("mean", normalizer.means(), normalizer.features()));
    node("Mul", "scaled", "centered", floats("scale", normalizer.scales(), normalizer.features()));
    node("IsNaN", "unknown", "scaled");
    node("Where", "known", "unknown", floats("zero", new float[] {0}), "scaled");
    node(
        "Clip",
        "normalized",
        "known",
        floats("lowest", new float[] {-FeatureNormalizer.LIMIT}),
        floats("highest", new float[] {FeatureNormalizer.LIMIT}));
    return "normalized";
  }

  private String dense(MlpRanker ranker, int layer, String input) {
    int inputs = ranker.width(layer);
    int outputs = ranker.width(layer + 1);
    String weights =
        floats(
            "weights_" + layer,
            parameters(ranker, ranker.weights(layer), inputs * outputs),
            inputs,
            outputs);
    String biases =
        floats("biases_" + layer, parameters(ranker, ranker.biases(layer), outputs), outputs);
    String output = node("Gemm", "dense_" + layer, input, weights, biases);
    return layer + 1 < ranker.layers() ? node("Relu", "relu_" + layer, output) : output;
  }

  private static float[] parameters(MlpRanker ranker, int from, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) ranker.parameters()[from + i];
    }
    return values;
  }

  private String node(String operator, String output, String... inputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(List.of(inputs))
            .addOutput(output));
    return output;
  }

  private String floats(String name, float[] values, int... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(name, TensorProto.DataType.FLOAT, bytes, shape);
  }

  private String longs(String name, long value) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(value);
    return constant(name, TensorProto.DataType.INT64, bytes, 1);
  }

  private String constant(String name, TensorProto.DataType type, ByteBuffer data, int... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(data));
    for (int size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** A float tensor whose first dimension is the batch. */
  private static ValueInfoProto tensorInfo(String name, int... otherSizes) {
    TensorShapeProto.Builder shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (int size : otherSizes) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }
}
