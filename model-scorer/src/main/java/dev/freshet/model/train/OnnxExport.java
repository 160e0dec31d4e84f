package dev.freshet.model.train;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
 * Writes a ranker as ONNX, with its metadata. Input {@code features} [batch, features], output
 * {@code scores} [batch].
 *
 * <p>The graph holds everything that scoring needs: it subtracts the mean and scales, puts 0 for
 * NaN (so an unknown feature counts as its mean), clips to {@value FeatureNormalizer#LIMIT}
 * deviations, and then applies the layers. The same ranker and metadata give the same bytes.
 *
 * <p>With {@link Precision#INT8} the layers' products are of integers. A score then depends a
 * little on the other rows of the call, since their values set the scale of all: a list is scored
 * by one call, of its rows and no others.
 */
public final class OnnxExport {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  /**
   * Largest quantised weight. Not 127: processors without VNNI add two products of a weight and an
   * unsigned byte in 16 bits, and saturate. With 7 bits they can't, and every machine has the same
   * sums.
   */
  private static final int INT8_LIMIT = 64;

  /** How the dense layers compute. */
  public enum Precision {
    /** Layers compute in binary32: the score of a row doesn't depend on what it is scored with. */
    FLOAT32,
    /**
     * Dynamically quantised: weights in 7 bits and a sign, symmetric with a scale for each unit;
     * inputs in 8 bits, scaled by what a call's rows span; sums in 32 bits. About a quarter of the
     * size. Worth it for wide layers and long lists: measure before choosing it.
     */
    INT8
  }

  private final Precision precision;
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("ranker");

  private OnnxExport(Precision precision) {
    this.precision = precision;
  }

  /**
   * Returns the bytes of an ONNX file in binary32.
   *
   * @param metadata with as many feature names as the ranker has features
   * @throws IllegalArgumentException if the numbers of features differ
   */
  public static byte[] toOnnx(MlpRanker ranker, ModelMetadata metadata) {
    return toOnnx(ranker, metadata, Precision.FLOAT32);
  }

  /**
   * Returns the bytes of an ONNX file.
   *
   * @param metadata with as many feature names as the ranker has features
   * @throws IllegalArgumentException if the numbers of features differ
   */
  public static byte[] toOnnx(MlpRanker ranker, ModelMetadata metadata, Precision precision) {
    if (metadata.featureNames().size() != ranker.features()) {
      throw new IllegalArgumentException(
          "the metadata names %d features, the ranker has %d"
              .formatted(metadata.featureNames().size(), ranker.features()));
    }
    return new OnnxExport(precision).model(ranker, metadata).toByteArray();
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
    float[] weights = parameters(ranker, ranker.weights(layer), inputs * outputs);
    float[] biases = parameters(ranker, ranker.biases(layer), outputs);
    String output =
        switch (precision) {
          case FLOAT32 ->
              node(
                  "Gemm",
                  "dense_" + layer,
                  input,
                  floats("weights_" + layer, weights, inputs, outputs),
                  floats("biases_" + layer, biases, outputs));
          case INT8 ->
              node(
                  "Add",
                  "dense_" + layer,
                  product(layer, input, weights, outputs),
                  floats("biases_" + layer, biases, outputs));
        };
    return layer + 1 < ranker.layers() ? node("Relu", "relu_" + layer, output) : output;
  }

  /**
   * The quantised product of rows and weights, scaled back. In this order of operators ONNX Runtime
   * recognises it and makes one of it.
   */
  private String product(int layer, String input, float[] weights, int outputs) {
    int inputs = weights.length / outputs;
    float[] scales = new float[outputs];
    ByteBuffer quantized = ByteBuffer.allocate(weights.length);
    for (int output = 0; output < outputs; output++) {
      float largest = 0;
      for (int i = output; i < weights.length; i += outputs) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      // Of a unit that ignores its inputs, any scale is right.
      scales[output] = largest < Float.MIN_NORMAL ? 1 : largest / INT8_LIMIT;
    }
    for (int i = 0; i < weights.length; i++) {
      quantized.put((byte) Math.rint(weights[i] / scales[i % outputs]));
    }
    String bytes = "input_bytes_" + layer;
    String scale = "input_scale_" + layer;
    String zero = "input_zero_" + layer;
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("DynamicQuantizeLinear")
            .setName(bytes)
            .addInput(input)
            .addAllOutput(List.of(bytes, scale, zero)));
    String quantizedWeights =
        constant("weights_" + layer, TensorProto.DataType.INT8, quantized.flip(), inputs, outputs);
    String zeroWeight =
        constant("weights_zero_" + layer, TensorProto.DataType.INT8, ByteBuffer.allocate(1));
    String sums = node("MatMulInteger", "sums_" + layer, bytes, quantizedWeights, zero, zeroWeight);
    NodeProto.Builder cast =
        NodeProto.newBuilder()
            .setOpType("Cast")
            .setName("sums_float_" + layer)
            .addInput(sums)
            .addOutput("sums_float_" + layer);
    cast.addAttributeBuilder()
        .setName("to")
        .setType(AttributeProto.AttributeType.INT)
        .setI(TensorProto.DataType.FLOAT.getNumber());
    graph.addNode(cast);
    String factors =
        node("Mul", "factors_" + layer, scale, floats("weights_scale_" + layer, scales, outputs));
    return node("Mul", "product_" + layer, cast.getOutput(0), factors);
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
