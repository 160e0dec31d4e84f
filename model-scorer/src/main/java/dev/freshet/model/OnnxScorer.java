package dev.freshet.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;

/**
 * Scores rows of features with one model, on the calling thread.
 *
 * <pre>{@code
 * try (OnnxScorer scorer = lease.newScorer()) {
 *   FloatBuffer input = scorer.input(rows);       // rows x features, row-major
 *   ... input.put(feature) ...
 *   FloatBuffer scores = scorer.score(rows);      // one score per row
 * }
 * }</pre>
 *
 * <p>Both buffers are native memory that the runtime reads and writes in place; they are reused and
 * belong to the scorer. So do the tensors over them, one pair for each number of rows that was
 * scored recently: calls with changing numbers of rows cost the same as calls with a fixed number.
 * Nothing is allocated per row; ONNX Runtime's Java layer allocates some hundred bytes per call.
 *
 * <p><b>Batches.</b> With a binary32 model the score of a row is the same, bit for bit, whatever it
 * is scored together with. With a dynamically quantised int8 model it is not: the runtime chooses
 * the quantisation from all rows of the call. So a list is always scored by one call with exactly
 * its rows; the same rows give the same digits.
 *
 * <p>Not thread safe: one scorer per thread. Holds native memory until it is closed.
 */
public final class OnnxScorer implements AutoCloseable {
  /**
   * Numbers of rows that are equal modulo this share a place for their tensors: a bound for what is
   * kept, about 1 kB each, that lists of usual lengths never meet. A power of two.
   */
  private static final int TENSOR_PLACES = 1024;

  private static final int SMALLEST_CAPACITY = 128;

  private final ModelSession session;
  private final OrtSession ort;
  private final int features;
  private final String inputName;
  private final String outputName;
  private final boolean scoresAreColumn;

  private FloatBuffer input = allocate(0);
  private FloatBuffer output = allocate(0);
  private int capacity;
  private int filledRows;

  private final Tensors[] tensors = new Tensors[TENSOR_PLACES];
  private boolean closed;

  /**
   * A scorer with a session of its own, for a service that has one model and one scorer. Where
   * several threads score, or models are changed, {@link ModelPool} shares sessions and opens them
   * in the background.
   *
   * @throws IllegalStateException if the runtime fails to open what the bundle's check had opened
   *     before, such as for lack of memory
   */
  public OnnxScorer(ModelBundle bundle) {
    this(ModelSession.open(bundle, closedSession -> {}));
  }

  /**
   * A scorer over a session.
   *
   * @param session of which a reference is handed over: this scorer gives it back
   */
  OnnxScorer(ModelSession session) {
    this.session = session;
    ort = session.ort();
    features = session.bundle().featureNames().size();
    scoresAreColumn = session.bundle().scoresAreColumn();
    inputName = ort.getInputNames().iterator().next();
    outputName = ort.getOutputNames().iterator().next();
  }

  /** Returns the model; allowed after closing, too. */
  public ModelBundle bundle() {
    return session.bundle();
  }

  /**
   * Returns the buffer to fill for a number of rows: rows x features values, row-major, in the
   * order of the model's feature names, from position 0 to its limit. What it held before is
   * undefined. NaN marks an unknown feature.
   *
   * @param rows how many rows will be scored, from 0; the buffers grow with the largest number seen
   */
  public FloatBuffer input(int rows) {
    requireOpen();
    int possible = Integer.MAX_VALUE / Float.BYTES / features;
    if (rows < 0 || rows > possible) {
      throw new IllegalArgumentException(
          "%d rows of %d features: from 0 up to 2 GiB are possible in one call"
              .formatted(rows, features));
    }
    if (rows > capacity) {
      // By half and more: lists that grow one by one don't each have new buffers and tensors.
      int grown = Math.min(possible, Math.max(Math.max(SMALLEST_CAPACITY, rows), capacity / 2 * 3));
      closeTensors();
      filledRows = 0;
      capacity = 0;
      input = allocate(grown * features);
      output = allocate(grown);
      capacity = grown;
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
      Tensors bound = tensors[rows & (TENSOR_PLACES - 1)];
      if (bound == null || bound.rows != rows) {
        bound = bind(rows);
      }
      ort.run(bound.inputs, bound.outputs).close();
    } catch (OrtException e) {
      throw ModelSession.failed(session.bundle(), "can't score " + rows + " rows", e);
    }
    return output;
  }

  private Tensors bind(int rows) throws OrtException {
    int place = rows & (TENSOR_PLACES - 1);
    if (tensors[place] != null) {
      tensors[place].close();
      tensors[place] = null;
    }
    OnnxTensor in =
        OnnxTensor.createTensor(
            ModelSession.environment(),
            input.duplicate().clear().limit(rows * features),
            new long[] {rows, features});
    OnnxTensor out;
    try {
      out =
          OnnxTensor.createTensor(
              ModelSession.environment(),
              output.duplicate().clear().limit(rows),
              scoresAreColumn ? new long[] {rows, 1} : new long[] {rows});
    } catch (OrtException e) {
      in.close();
      throw e;
    }
    // Exactly these rows, and no padded shape: surplus rows would cost time, and would change the
    // scores of a dynamically quantised model.
    tensors[place] = new Tensors(rows, inputName, in, outputName, out);
    return tensors[place];
  }

  private void closeTensors() {
    for (Tensors bound : tensors) {
      if (bound != null) {
        bound.close();
      }
    }
    Arrays.fill(tensors, null);
  }

  /**
   * Frees the native memory; the scorer must not be used afterwards. Closing again has no effect.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    closeTensors();
    session.release();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "model %s %s: this scorer is closed; open another"
              .formatted(session.bundle().name(), session.bundle().version()));
    }
  }

  private static FloatBuffer allocate(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** The tensors over the buffers' first rows, as the runtime takes them. */
  private static final class Tensors {
    final int rows;
    final OnnxTensor input;
    final OnnxTensor output;
    final Map<String, OnnxTensor> inputs;
    final Map<String, OnnxTensor> outputs;

    Tensors(int rows, String inputName, OnnxTensor input, String outputName, OnnxTensor output) {
      this.rows = rows;
      this.input = input;
      this.output = output;
      // Unlike Map.of's, its entry set isn't made anew for each call.
      inputs = Collections.singletonMap(inputName, input);
      outputs = Collections.singletonMap(outputName, output);
    }

    void close() {
      input.close();
      output.close();
    }
  }
}
