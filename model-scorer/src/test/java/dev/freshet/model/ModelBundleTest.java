package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.freshet.model.ModelRejectedException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {
  @TempDir Path folder;

  @Test
  void readsWhatWasExported() throws Exception {
    byte[] onnx = TestModels.onnx(4, 3);
    Path file = Files.write(folder.resolve("model.onnx"), onnx);

    ModelBundle bundle = ModelBundle.read(file);

    assertThat(bundle.name()).isEqualTo("default");
    assertThat(bundle.version()).isEqualTo("v1");
    assertThat(bundle.featureNames())
        .containsExactly("feature_0", "feature_1", "feature_2", "feature_3");
    assertThat(bundle.catalogHash()).contains("cafe");
    assertThat(bundle.lineage())
        .isEqualTo(Map.of("examples", "1000", "note", "two\nlines, ünïcode"));
    assertThat(bundle.onnx()).isEqualTo(onnx);
    assertThat(bundle.sha256()).matches("[0-9a-f]{64}").isEqualTo(ModelBundle.of(onnx).sha256());
  }

  @Test
  void cannotBeChangedThroughItsArrays() throws Exception {
    byte[] given = TestModels.onnx(4, 3);
    byte[] original = given.clone();
    ModelBundle bundle = ModelBundle.of(given);
    Arrays.fill(given, (byte) 0);
    Arrays.fill(bundle.onnx(), (byte) 0);
    assertThat(bundle.onnx()).isEqualTo(original);
  }

  @Test
  void catalogHashAndLineageAreOptional() throws Exception {
    ModelBundle bundle =
        ModelBundle.of(
            TestModels.changed(
                model -> {
                  removeProperty(model, "freshet.catalog_hash");
                  removeProperty(model, "freshet.lineage.examples");
                  removeProperty(model, "freshet.lineage.note");
                  model.addMetadataProps(property("author", "someone else's property"));
                }));
    assertThat(bundle.catalogHash()).isEmpty();
    assertThat(bundle.lineage()).isEmpty();
  }

  @Test
  void acceptsScoresAsColumn() throws Exception {
    byte[] onnx = TestModels.changed(ModelBundleTest::scoresAsColumn);
    float[] rows = TestModels.rows(5, 4, 1);
    try (OnnxScorer column = new OnnxScorer(ModelBundle.of(onnx));
        OnnxScorer row = new OnnxScorer(ModelBundle.of(TestModels.onnx(4, 3)))) {
      column.input(5).put(rows);
      row.input(5).put(rows);
      assertThat(column.score(5)).isEqualTo(row.score(5));
    }
  }

  @Test
  void rejectsUnreadableFile() {
    for (Path file : List.of(folder.resolve("absent.onnx"), folder)) {
      ModelRejectedException e =
          catchThrowableOfType(ModelRejectedException.class, () -> ModelBundle.read(file));
      assertThat(e.reason()).isEqualTo(Reason.FILE_UNREADABLE);
      assertThat(e).hasMessageContaining(file.toString()).hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void messageNamesTheFile() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.onnx"), "not a model");
    ModelRejectedException e =
        catchThrowableOfType(ModelRejectedException.class, () -> ModelBundle.read(file));
    assertThat(e.reason()).isEqualTo(Reason.NOT_ONNX);
    assertThat(e).hasMessageStartingWith("model file " + file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "<html>404</html>", "not a model"})
  void rejectsWhatIsNoModel(String content) {
    assertRejected(content.getBytes(StandardCharsets.UTF_8), Reason.NOT_ONNX);
  }

  @Test
  void rejectsEveryTruncation() {
    byte[] onnx = TestModels.onnx(4, 3);
    for (int length = 0; length < onnx.length; length++) {
      byte[] truncated = Arrays.copyOf(onnx, length);
      ModelRejectedException e =
          catchThrowableOfType(ModelRejectedException.class, () -> ModelBundle.of(truncated));
      // Cut between two properties, all that can be seen is what is missing; lineage comes before
      // the name.
      assertThat(e.reason()).isIn(Reason.NOT_ONNX, Reason.METADATA_MISSING);
    }
  }

  @Test
  void rejectsWeightsInOtherFiles() {
    assertRejected(
            model -> {
              TensorProto.Builder weights = initializer(model, "weights_0");
              weights
                  .clearRawData()
                  .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                  .addExternalData(property("location", "weights.bin"));
            },
            Reason.EXTERNAL_DATA)
        .hasMessageContaining("weights_0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"freshet.name", "freshet.version", "freshet.features"})
  void rejectsMissingMetadata(String key) {
    assertRejected(model -> removeProperty(model, key), Reason.METADATA_MISSING)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"freshet.name", "freshet.version", "freshet.features", "freshet.catalog_hash"})
  void rejectsBlankMetadata(String key) {
    assertRejected(
            model -> {
              removeProperty(model, key);
              model.addMetadataProps(property(key, " "));
            },
            Reason.METADATA_INVALID)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a b", "modèle", "line\nbreak", "a:b"})
  void rejectsNamesThatCannotBePartOfKeys(String name) {
    for (String key : List.of("freshet.name", "freshet.version")) {
      assertRejected(
              model -> {
                removeProperty(model, key);
                model.addMetadataProps(property(key, name));
              },
              Reason.METADATA_INVALID)
          .hasMessageContaining(key + " is '" + name + "'")
          .hasMessageContaining("A-Z a-z 0-9 . _ -");
    }
  }

  @Test
  void namesHaveUpTo64Characters() throws Exception {
    String longest = "Aa0._-xyz".repeat(8).substring(0, 64);
    assertThat(named(longest).name()).isEqualTo(longest);
    assertThat(catchThrowableOfType(ModelRejectedException.class, () -> named(longest + "x")))
        .hasMessageContaining("1 to 64");
  }

  private static ModelBundle named(String name) throws ModelRejectedException {
    return ModelBundle.of(
        TestModels.changed(
            model -> {
              removeProperty(model, "freshet.name");
              model.addMetadataProps(property("freshet.name", name));
            }));
  }

  @Test
  void requiresTheCatalogThatItWasTrainedWith() throws Exception {
    ModelBundle bundle = ModelBundle.of(TestModels.onnx(4, 3));
    bundle.requireCatalog("cafe");

    ModelRejectedException e =
        catchThrowableOfType(ModelRejectedException.class, () -> bundle.requireCatalog("beef"));
    assertThat(e.reason()).isEqualTo(Reason.CATALOG_MISMATCH);
    assertThat(e)
        .hasMessageContaining("default v1")
        .hasMessageContaining("cafe")
        .hasMessageContaining("beef")
        .hasMessageContaining("train the model");

    ModelBundle unsaid =
        ModelBundle.of(TestModels.changed(model -> removeProperty(model, "freshet.catalog_hash")));
    unsaid.requireCatalog("beef");
  }

  @Test
  void rejectsFeatureNamedTwice() {
    assertRejected(features("a\nb\nc\nb"), Reason.METADATA_INVALID)
        .hasMessageContaining("'b' names both column 1 and column 3");
  }

  @Test
  void rejectsPropertyGivenTwice() {
    assertRejected(
            model -> model.addMetadataProps(property("freshet.version", "v2")),
            Reason.METADATA_INVALID)
        .hasMessageContaining("freshet.version");
  }

  @Test
  void rejectsFutureOpset() {
    assertRejected(
        model -> model.setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(999)),
        Reason.UNSUPPORTED_OPSET);
  }

  @Test
  void rejectsUnknownOperator() {
    assertRejected(model -> node(model, "IsNaN").setOpType("NoSuchOperator"), Reason.GRAPH_REFUSED)
        .hasMessageContaining("NoSuchOperator");
  }

  @Test
  void rejectsWeightsOfWrongLength() {
    assertRejected(
        model -> initializer(model, "weights_0").setRawData(ByteString.copyFrom(new byte[8])),
        Reason.GRAPH_REFUSED);
  }

  @Test
  void rejectsFixedBatch() {
    assertRejected(
            model -> firstDimension(model.getGraphBuilder().getInputBuilder(0)).setDimValue(100),
            Reason.INPUT_SHAPE)
        .hasMessageContaining("[100, 4]");
  }

  @Test
  void rejectsSecondInput() {
    assertRejected(
            model ->
                model
                    .getGraphBuilder()
                    .addInput(model.getGraph().getInput(0).toBuilder().setName("more")),
            Reason.INPUT_SHAPE)
        .hasMessageContaining("more");
  }

  @Test
  void rejectsInputOfDoubles() {
    assertRejected(
        model -> {
          GraphProto.Builder graph = model.getGraphBuilder();
          setType(graph.getInputBuilder(0), TensorProto.DataType.DOUBLE);
          graph.addNode(0, cast("features", "as_float", TensorProto.DataType.FLOAT));
          node(model, "Sub").setInput(0, "as_float");
        },
        Reason.INPUT_SHAPE);
  }

  @Test
  void rejectsOutputOfDoubles() {
    assertRejected(
        model -> {
          node(model, "Squeeze").setOutput(0, "as_float");
          model.getGraphBuilder().addNode(cast("as_float", "scores", TensorProto.DataType.DOUBLE));
          setType(model.getGraphBuilder().getOutputBuilder(0), TensorProto.DataType.DOUBLE);
        },
        Reason.OUTPUT_SHAPE);
  }

  @Test
  void rejectsSecondOutput() {
    assertRejected(
            model ->
                model
                    .getGraphBuilder()
                    .addOutput(model.getGraph().getInput(0).toBuilder().setName("scaled")),
            Reason.OUTPUT_SHAPE)
        .hasMessageContaining("scaled");
  }

  @Test
  void rejectsSeveralScoresPerRow() {
    assertRejected(
            model -> {
              GraphProto.Builder graph = model.getGraphBuilder();
              graph.setOutput(0, model.getGraph().getInput(0).toBuilder().setName("scaled"));
            },
            Reason.OUTPUT_SHAPE)
        .hasMessageContaining("[-1, 4]");
  }

  @Test
  void rejectsOtherNumberOfNames() {
    assertRejected(features("a\nb\nc"), Reason.FEATURE_COUNT)
        .hasMessageContaining("takes 4 features a row, but freshet.features names 3");
  }

  @Test
  void rejectsGraphThatFailsOnSomeBatchSizes() {
    assertRejected(ModelBundleTest::rowsInPairs, Reason.PROBE_FAILED)
        .hasMessageContaining("batch of 1 rows");
  }

  @Test
  void rejectsOtherNumberOfScores() {
    assertRejected(
            model -> {
              node(model, "Squeeze").setOutput(0, "once");
              NodeProto.Builder twice =
                  NodeProto.newBuilder().setOpType("Concat").addOutput("scores");
              twice.addInput("once").addInput("once");
              twice
                  .addAttributeBuilder()
                  .setName("axis")
                  .setType(AttributeProto.AttributeType.INT)
                  .setI(0);
              model.getGraphBuilder().addNode(twice);
            },
            Reason.SCORE_COUNT)
        .hasMessageContaining("[2]");
  }

  @Test
  void rejectsNanWeights() {
    assertRejected(
            model -> initializer(model, "biases_1").setRawData(rawFloats(Float.NaN)),
            Reason.SCORE_NOT_FINITE)
        .hasMessageContaining("row 0");
  }

  @Test
  void rejectsGraphThatLetsNanThrough() {
    // Clip hands NaN on, so the graph without the replacement scores rows with unknown features
    // NaN.
    assertRejected(
            model -> {
              node(model, "Clip").setInput(0, "scaled");
            },
            Reason.SCORE_NOT_FINITE)
        .hasMessageContaining("all features NaN");
  }

  @Test
  void rejectsGraphThatOverflowsOnLargeValues() {
    assertRejected(
            model -> {
              node(model, "Clip").setOpType("Exp").clearInput().addInput("known");
            },
            Reason.SCORE_NOT_FINITE)
        .hasMessageContaining("all features 1e9");
  }

  @Test
  void requiresKnownFeatures() throws Exception {
    ModelBundle bundle = ModelBundle.of(TestModels.onnx(4, 3));
    bundle.requireFeatures(
        Set.of("feature_3", "feature_2", "feature_1", "feature_0", "never_used"));

    ModelRejectedException e =
        catchThrowableOfType(
            ModelRejectedException.class,
            () -> bundle.requireFeatures(Set.of("feature_1", "feature_2")));
    assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_FEATURE);
    assertThat(e).hasMessageContaining("default v1").hasMessageContaining("feature_0, feature_3;");
  }

  @Test
  void rejectionIsSilent() throws Exception {
    Path bad =
        Files.write(
            folder.resolve("bad.onnx"),
            TestModels.changed(model -> node(model, "IsNaN").setOpType("NoSuchOperator")));
    Path failing =
        Files.write(
            folder.resolve("failing.onnx"), TestModels.changed(ModelBundleTest::rowsInPairs));
    String output = ChildJvm.run(RejectInChildProcess.class, bad.toString(), failing.toString());
    // As the runtime marks its lines: "[E:onnxruntime:...".
    assertThat(output).doesNotContain(":onnxruntime");
  }

  /** Exits with 0 when every model was rejected. */
  static final class RejectInChildProcess {
    private RejectInChildProcess() {}

    public static void main(String[] files) {
      for (String file : files) {
        try {
          ModelBundle.read(Path.of(file));
          System.exit(1);
        } catch (ModelRejectedException e) {
          // As it should be.
        }
      }
    }
  }

  private static AbstractThrowableAssert<?, ?> assertRejected(
      Consumer<ModelProto.Builder> change, Reason reason) {
    return assertRejected(TestModels.changed(change), reason);
  }

  private static AbstractThrowableAssert<?, ?> assertRejected(byte[] onnx, Reason reason) {
    ModelRejectedException e =
        catchThrowableOfType(ModelRejectedException.class, () -> ModelBundle.of(onnx));
    assertThat(e).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    return assertThat(e).hasMessageContaining("model of " + onnx.length + " bytes");
  }

  private static void scoresAsColumn(ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    NodeProto squeeze = node(model, "Squeeze").build();
    graph.removeNode(graph.getNodeCount() - 1);
    ValueInfoProto.Builder output = graph.getOutputBuilder(0).setName(squeeze.getInput(0));
    output
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1));
  }

  /** Takes the rows by two and puts them together again: an odd number fails when it runs. */
  private static void rowsInPairs(ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    graph.addInitializer(longs("pairs", -1, 2, 4)).addInitializer(longs("rows", -1, 4));
    graph.addNode(0, reshape("features", "pairs", "paired"));
    graph.addNode(1, reshape("paired", "rows", "reshaped"));
    node(model, "Sub").setInput(0, "reshaped");
  }

  private static Consumer<ModelProto.Builder> features(String names) {
    return model -> {
      removeProperty(model, "freshet.features");
      model.addMetadataProps(property("freshet.features", names));
    };
  }

  private static StringStringEntryProto property(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static void removeProperty(ModelProto.Builder model, String key) {
    for (int i = 0; i < model.getMetadataPropsCount(); i++) {
      if (model.getMetadataProps(i).getKey().equals(key)) {
        model.removeMetadataProps(i);
        return;
      }
    }
    throw new AssertionError("no property " + key);
  }

  private static NodeProto.Builder node(ModelProto.Builder model, String operator) {
    return model.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals(operator))
        .findFirst()
        .orElseThrow();
  }

  private static NodeProto reshape(String from, String shape, String to) {
    return NodeProto.newBuilder()
        .setOpType("Reshape")
        .addInput(from)
        .addInput(shape)
        .addOutput(to)
        .build();
  }

  private static NodeProto cast(String from, String to, TensorProto.DataType type) {
    NodeProto.Builder cast = NodeProto.newBuilder().setOpType("Cast").addInput(from).addOutput(to);
    cast.addAttributeBuilder()
        .setName("to")
        .setType(AttributeProto.AttributeType.INT)
        .setI(type.getNumber());
    return cast.build();
  }

  private static TensorProto.Builder initializer(ModelProto.Builder model, String name) {
    return model.getGraphBuilder().getInitializerBuilderList().stream()
        .filter(tensor -> tensor.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static TensorShapeProto.Dimension.Builder firstDimension(ValueInfoProto.Builder value) {
    return value.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder().getDimBuilder(0);
  }

  private static void setType(ValueInfoProto.Builder value, TensorProto.DataType type) {
    value.getTypeBuilder().getTensorTypeBuilder().setElemType(type.getNumber());
  }

  private static ByteString rawFloats(float value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return ByteString.copyFrom(bytes.putFloat(value).flip());
  }

  private static TensorProto longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor.build();
  }
}
