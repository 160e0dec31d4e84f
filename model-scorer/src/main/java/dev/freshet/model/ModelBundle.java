package dev.freshet.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.freshet.model.ModelRejectedException.Reason;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A model that may serve: one ONNX file that carries its name, version and feature names ({@link
 * ModelMetadata}) and has passed every check below. Immutable; holds no native memory.
 *
 * <p>The graph has one float input [any, features] and one float output [any] or [any, 1]: a score
 * per row, of which only the order within a list has meaning. NaN in the input says that a feature
 * is unknown, and the graph itself gives such rows a finite score ({@link
 * dev.freshet.model.train.OnnxExport} replaces NaN with the feature's mean). Loading checks this,
 * among other things, by scoring a probe batch of 1, 3 and 17 rows with zeros, NaN, values up to
 * 1e9 and fixed pseudo-random ones.
 */
public final class ModelBundle {
  private static final int[] PROBE_ROWS = {1, 3, 17};
  private static final float PROBE_LARGE = 1e9f;

  private final byte[] onnx;
  private final String sha256;
  private final ModelMetadata metadata;
  private final boolean scoresAreColumn;

  private ModelBundle(byte[] onnx, String sha256, ModelMetadata metadata, boolean scoresAreColumn) {
    this.onnx = onnx;
    this.sha256 = sha256;
    this.metadata = metadata;
    this.scoresAreColumn = scoresAreColumn;
  }

  /**
   * Reads and checks a model file.
   *
   * @throws ModelRejectedException if it can't be read or fails a check
   */
  public static ModelBundle read(Path file) throws ModelRejectedException {
    byte[] onnx;
    try {
      onnx = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ModelRejectedException(
          Reason.FILE_UNREADABLE,
          "model file %s can't be read (%s); check the path and its permissions".formatted(file, e),
          e);
    }
    return new Check("model file " + file).load(onnx);
  }

  /**
   * Checks a model given by the bytes of its file, which are copied.
   *
   * @throws ModelRejectedException if it fails a check
   */
  public static ModelBundle of(byte[] onnx) throws ModelRejectedException {
    return new Check("model of " + onnx.length + " bytes, SHA-256 " + sha256(onnx))
        .load(onnx.clone());
  }

  /** Returns the name of the model. */
  public String name() {
    return metadata.name();
  }

  /** Returns the version, unique within the name. */
  public String version() {
    return metadata.version();
  }

  /** Returns the names of a row's features, in order. */
  public List<String> featureNames() {
    return metadata.featureNames();
  }

  /**
   * Returns the content hash of the feature catalog that it was trained with, if it was recorded.
   */
  public Optional<String> catalogHash() {
    return metadata.catalogHash();
  }

  /** Returns how it was made: free text, units are in the keys. */
  public SortedMap<String, String> lineage() {
    return metadata.lineage();
  }

  /** Returns the SHA-256 of the ONNX bytes, lower-case hex. */
  public String sha256() {
    return sha256;
  }

  /** Returns a copy of the ONNX file. */
  public byte[] onnx() {
    return onnx.clone();
  }

  /** Returns the ONNX file without a copy, for callers that do not change it. */
  byte[] onnxUncopied() {
    return onnx;
  }

  /** Whether the output's shape is [rows, 1] and not [rows]. */
  boolean scoresAreColumn() {
    return scoresAreColumn;
  }

  /**
   * Checks that every feature of the model is one that can be computed.
   *
   * @param known names of all features that can be computed
   * @throws ModelRejectedException with {@link Reason#UNKNOWN_FEATURE}, naming all unknown ones
   */
  public void requireFeatures(Set<String> known) throws ModelRejectedException {
    Set<String> unknown = new TreeSet<>(featureNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ModelRejectedException(
          Reason.UNKNOWN_FEATURE,
          ("model %s %s needs features that are not known here: %s; add them to the feature catalog"
                  + " or train the model without them")
              .formatted(name(), version(), String.join(", ", unknown)));
    }
  }

  /**
   * Checks that the model was trained with this version of the feature catalog. A model without a
   * recorded catalog passes: only its {@linkplain #requireFeatures feature names} can be checked.
   *
   * @param hash content hash of the catalog in use
   * @throws ModelRejectedException with {@link Reason#CATALOG_MISMATCH}, naming both hashes
   */
  public void requireCatalog(String hash) throws ModelRejectedException {
    if (!catalogHash().orElse(hash).equals(hash)) {
      throw new ModelRejectedException(
          Reason.CATALOG_MISMATCH,
          ("model %s %s was trained with the feature catalog of hash %s, and the one in use has %s:"
                  + " a feature of the same name may mean something else; train the model with this"
                  + " catalog, or use the catalog that it was trained with")
              .formatted(name(), version(), catalogHash().orElseThrow(), hash));
    }
  }

  @Override
  public String toString() {
    return "ModelBundle[" + name() + " " + version() + ", SHA-256 " + sha256 + "]";
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** The checks, in the order in which they make sense; the origin begins every message. */
  private record Check(String origin) {

    ModelBundle load(byte[] onnx) throws ModelRejectedException {
      ModelMetadata metadata = metadata(parse(onnx));
      int features = metadata.featureNames().size();
      try (OrtSession session = open(onnx)) {
        checkInput(session.getInputInfo(), features);
        boolean scoresAreColumn = checkOutput(session.getOutputInfo());
        probe(session, features);
        return new ModelBundle(onnx, sha256(onnx), metadata, scoresAreColumn);
      } catch (OrtException e) {
        throw refused(e);
      }
    }

    private ModelProto parse(byte[] onnx) throws ModelRejectedException {
      ModelProto model;
      try {
        model = ModelProto.parseFrom(onnx);
      } catch (InvalidProtocolBufferException e) {
        throw rejected(
            Reason.NOT_ONNX,
            "is not an ONNX model or is truncated ("
                + e.getMessage()
                + "); export or copy it again",
            e);
      }
      if (model.getGraph().getNodeCount() == 0 || model.getOpsetImportCount() == 0) {
        throw rejected(
            Reason.NOT_ONNX,
            "has no graph or names no operator set: not an ONNX model, or truncated; export or copy"
                + " it again");
      }
      Optional<String> external = externalTensor(model.getGraph());
      if (external.isPresent()) {
        throw rejected(
            Reason.EXTERNAL_DATA,
            "keeps the values of '%s' in another file; export it as one file, without external data"
                .formatted(external.get()));
      }
      return model;
    }

    private static Optional<String> externalTensor(GraphProto graph) {
      Optional<String> found = externalTensor(graph.getInitializerList());
      for (NodeProto node : graph.getNodeList()) {
        for (AttributeProto attribute : node.getAttributeList()) {
          found = found.or(() -> externalTensor(List.of(attribute.getT())));
          found = found.or(() -> externalTensor(attribute.getTensorsList()));
          found = found.or(() -> externalTensor(attribute.getG()));
        }
      }
      return found;
    }

    private static Optional<String> externalTensor(Collection<TensorProto> tensors) {
      return tensors.stream()
          .filter(tensor -> tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
          .map(TensorProto::getName)
          .findFirst();
    }

    private ModelMetadata metadata(ModelProto model) throws ModelRejectedException {
      Map<String, String> properties = new TreeMap<>();
      for (StringStringEntryProto property : model.getMetadataPropsList()) {
        if (properties.put(property.getKey(), property.getValue()) != null) {
          throw rejected(
              Reason.METADATA_INVALID,
              "has the metadata property %s twice; export it with one"
                  .formatted(property.getKey()));
        }
      }
      List<String> missing = ModelMetadata.missing(properties);
      if (!missing.isEmpty()) {
        throw rejected(
            Reason.METADATA_MISSING,
            "lacks the metadata properties %s; set them when exporting it"
                .formatted(String.join(", ", missing)));
      }
      try {
        return ModelMetadata.fromProperties(properties);
      } catch (IllegalArgumentException e) {
        throw rejected(
            Reason.METADATA_INVALID,
            "has unusable metadata: " + e.getMessage() + "; set it when exporting the model",
            e);
      }
    }

    private OrtSession open(byte[] onnx) throws ModelRejectedException {
      try {
        return ModelSession.openOrt(onnx);
      } catch (OrtException e) {
        throw refused(e);
      }
    }

    private ModelRejectedException refused(OrtException e) {
      // The runtime has no code of its own for this; the message is the only sign.
      boolean opset = e.getMessage().toLowerCase(Locale.ROOT).contains("opset");
      return opset
          ? rejected(
              Reason.UNSUPPORTED_OPSET,
              "needs an operator set that this ONNX Runtime %s doesn't support (%s); export it for opset 17"
                  .formatted(ModelSession.environment().getVersion(), e.getMessage()),
              e)
          : rejected(
              Reason.GRAPH_REFUSED,
              "is refused by ONNX Runtime (%s); use standard operators only and check the export"
                  .formatted(e.getMessage()),
              e);
    }

    private void checkInput(Map<String, NodeInfo> inputs, int features)
        throws ModelRejectedException {
      TensorInfo info = onlyFloatTensor(inputs);
      long[] shape = info == null ? new long[0] : info.getShape();
      if (shape.length != 2 || shape[0] != -1 || shape[1] < 1) {
        throw rejected(
            Reason.INPUT_SHAPE,
            "must have exactly one input, float [any, features], but has %s; export it with a dynamic first dimension"
                .formatted(describe(inputs)));
      }
      if (shape[1] != features) {
        throw rejected(
            Reason.FEATURE_COUNT,
            "takes %d features a row, but %s names %d; export it with one name per column"
                .formatted(shape[1], ModelMetadata.FEATURES, features));
      }
    }

    private boolean checkOutput(Map<String, NodeInfo> outputs) throws ModelRejectedException {
      TensorInfo info = onlyFloatTensor(outputs);
      long[] shape = info == null ? new long[0] : info.getShape();
      boolean row = shape.length == 1 && shape[0] == -1;
      boolean column = shape.length == 2 && shape[0] == -1 && shape[1] == 1;
      if (!row && !column) {
        throw rejected(
            Reason.OUTPUT_SHAPE,
            "must have exactly one output, float [any] or [any, 1], but has %s; export one score per row"
                .formatted(describe(outputs)));
      }
      return column;
    }

    private static TensorInfo onlyFloatTensor(Map<String, NodeInfo> nodes) {
      if (nodes.size() != 1) {
        return null;
      }
      return nodes.values().iterator().next().getInfo() instanceof TensorInfo tensor
              && tensor.type == OnnxJavaType.FLOAT
          ? tensor
          : null;
    }

    private static List<String> describe(Map<String, NodeInfo> nodes) {
      return nodes.values().stream()
          .map(
              node ->
                  node.getInfo() instanceof TensorInfo tensor
                      ? node.getName() + " " + tensor.type + Arrays.toString(tensor.getShape())
                      : node.getName() + ", which is no tensor")
          .toList();
    }

    private void probe(OrtSession session, int features) throws ModelRejectedException {
      for (int rows : PROBE_ROWS) {
        // Not through OnnxScorer, whose output has the expected shape by construction: here the
        // graph's own shape is checked.
        try (OnnxTensor input =
                OnnxTensor.createTensor(
                    ModelSession.environment(),
                    FloatBuffer.wrap(probeRows(rows, features)),
                    new long[] {rows, features});
            OrtSession.Result result =
                session.run(Map.of(session.getInputNames().iterator().next(), input))) {
          OnnxTensor output = (OnnxTensor) result.get(0);
          checkScores(output.getFloatBuffer(), output.getInfo().getShape(), rows);
        } catch (OrtException e) {
          throw rejected(
              Reason.PROBE_FAILED,
              "failed on a probe batch of %d rows (%s); run it on such a batch where it was exported"
                  .formatted(rows, e.getMessage()),
              e);
        }
      }
    }

    private void checkScores(FloatBuffer scores, long[] shape, int rows)
        throws ModelRejectedException {
      if (scores.remaining() != rows || shape[0] != rows) {
        throw rejected(
            Reason.SCORE_COUNT,
            "gave an output of shape %s for a probe batch of %d rows; export one score per row"
                .formatted(Arrays.toString(shape), rows));
      }
      for (int row = 0; row < rows; row++) {
        if (!Float.isFinite(scores.get(row))) {
          throw rejected(
              Reason.SCORE_NOT_FINITE,
              "scored row %d of a probe batch of %d (%s) with %s; look for non-finite weights, and let the graph itself replace NaN"
                  .formatted(row, rows, probeRowKind(row), scores.get(row)));
        }
      }
    }

    private static float[] probeRows(int rows, int features) {
      SplittableRandom random = new SplittableRandom(17);
      float[] values = new float[rows * features];
      for (int i = 0; i < values.length; i++) {
        float drawn = (float) random.nextDouble(-3, 3);
        values[i] =
            switch (i / features) {
              case 0 -> 0;
              case 1 -> Float.NaN;
              case 2 -> PROBE_LARGE;
              case 3 -> -PROBE_LARGE;
              case 4 -> i % 2 == 0 ? Float.NaN : drawn;
              default -> drawn;
            };
      }
      return values;
    }

    private static String probeRowKind(int row) {
      return switch (row) {
        case 0 -> "all features 0";
        case 1 -> "all features NaN";
        case 2 -> "all features 1e9";
        case 3 -> "all features -1e9";
        case 4 -> "every other feature NaN";
        default -> "features between -3 and 3";
      };
    }

    private ModelRejectedException rejected(Reason reason, String problem) {
      return rejected(reason, problem, null);
    }

    private ModelRejectedException rejected(Reason reason, String problem, Throwable cause) {
      return new ModelRejectedException(reason, origin + " " + problem, cause);
    }
  }
}
