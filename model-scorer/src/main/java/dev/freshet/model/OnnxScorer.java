package dev.freshet.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Scores rows of features with one model, on the calling thread.
 *
 * <pre>{@code
 * try (OnnxScorer scorer = new OnnxScorer(bundle)) {
 *   FloatBuffer input = scorer.input(rows);       // rows x features, row-major
 *   ... input.put(feature) ...
 *   FloatBuffer scores = scorer.score(rows);      // one score per row
 * }
 * }</pre>
 *
 * <p>Both buffers are native memory that the runtime reads and writes in place; they are reused and
 * belong to the scorer. The tensors over them are rebuilt only when the number of rows changes.
 *
 * <p>Not thread safe: one scorer per thread. Holds native memory until it is closed.
 */
public final class OnnxScorer implements AutoCloseable {
  private final String model;
  private final int features;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String inputName;
  private final String outputName;
  private final boolean scoresAreColumn;

  private FloatBuffer input = allocate(0);
  private FloatBuffer output = allocate(0);
  private int capacity;
  private int filledRows;

  private int tensorRows;
  private OnnxTensor inputTensor;
  private OnnxTensor outputTensor;
  private Map<String, OnnxTensor> inputs;
  private Map<String, OnnxTensor> outputs;
  private boolean closed;

  /**
   * Opens a session for a model.
   *
   * @throws IllegalStateException if the runtime fails to open what the bundle's check had opened
   *     before, such as for lack of memory
   */
  public OnnxScorer(ModelBundle bundle) {
    model = bundle.name() + " " + bundle.version();
    features = bundle.featureNames().size();
    scoresAreColumn = bundle.scoresAreColumn();
    environment = environment();
    try {
      session = openSession(bundle.onnxUncopied());
    } catch (OrtException e) {
      throw failed("can't be opened", e);
    }
    inputName = session.getInputNames().iterator().next();
    outputName = session.getOutputNames().iterator().next();
  }

  static OrtEnvironment environment() {
    // Whatever goes wrong comes back as an exception: the runtime need not write to stderr as well.
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "freshet");
  }

  /**
   * Opens a session as it serves: on the calling thread alone (a pool is slower for small batches
   * on busy cores), fully optimised, silent.
   */
  static OrtSession openSession(byte[] onnx) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      // Also here, for when somebody else in this process created the environment first, and
      // louder.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return environment().createSession(onnx, options);
    }
  }

  /**
   * Returns the buffer to fill for a number of rows: rows x features values, row-major, in the
   * order of the model's feature names, from position 0 to its limit. What it held before is
   * undefined. NaN says that a feature is unknown.
   *
   * @param rows how many rows will be scored, from 0; the buffers grow to the largest number seen
   */
  public FloatBuffer input(int rows) {
    requireOpen();
    if (rows < 0 || (long) rows * features > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(
          "%d rows of %d features: from 0 up to 2 GiB are possible in one call"
              .formatted(rows, features));
    }
    if (rows > capacity) {
      closeTensors();
      input = allocate(rows * features);
      output = allocate(rows);
      capacity = rows;
    }
    filledRows = rows;
    return input.clear().limit(rows * features);
  }

  /**
   * Scores the first rows of the input buffer.
   *
   * @param rows how many rows, at most as many as {@link #input} was last called with
   * @return one score per row, in their order, from position 0 to the limit; valid until the next
   *     call of this scorer
   * @throws IllegalStateException if the runtime fails
   */
  public FloatBuffer score(int rows) {
    requireOpen();
    if (rows < 0 || rows > filledRows) {
      throw new IllegalArgumentException(
          "%d rows to score, but input(%d) was called: call input with the number of rows first"
              .formatted(rows, filledRows));
    }
    output.clear().limit(rows);
    if (rows == 0) {
      return output;
    }
    try {
      if (rows != tensorRows) {
        bindTensors(rows);
      }
      session.run(inputs, outputs).close();
    } catch (OrtException e) {
      throw failed("can't score " + rows + " rows", e);
    }
    return output;
  }

  private void bindTensors(int rows) throws OrtException {
    closeTensors();
    inputTensor =
        OnnxTensor.createTensor(
            environment,
            input.duplicate().clear().limit(rows * features),
            new long[] {rows, features});
    outputTensor =
        OnnxTensor.createTensor(
            environment,
            output.duplicate().clear().limit(rows),
            scoresAreColumn ? new long[] {rows, 1} : new long[] {rows});
    inputs = Map.of(inputName, inputTensor);
    outputs = Map.of(outputName, outputTensor);
    tensorRows = rows;
  }

  private void closeTensors() {
    tensorRows = 0;
    if (inputTensor != null) {
      inputTensor.close();
      inputTensor = null;
    }
    if (outputTensor != null) {
      outputTensor.close();
      outputTensor = null;
    }
  }

  /** Frees the native memory. The scorer can't be used any more; closing again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    closeTensors();
    try {
      session.close();
    } catch (OrtException e) {
      throw failed("can't be closed", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("model " + model + ": this scorer is closed; open another");
    }
  }

  private IllegalStateException failed(String what, OrtException cause) {
    return new IllegalStateException(
        "model " + model + " " + what + ": " + cause.getMessage(), cause);
  }

  private static FloatBuffer allocate(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
