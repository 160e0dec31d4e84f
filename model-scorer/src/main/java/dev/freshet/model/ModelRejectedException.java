package dev.freshet.model;

/** A model must not serve. The message names the model, the fault and the remedy. */
public final class ModelRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why a model is rejected; the names are stable, for counters and reports. */
  public enum Reason {
    /** The file can't be read. */
    FILE_UNREADABLE,
    /** The bytes are not a whole ONNX model: empty, truncated or something else. */
    NOT_ONNX,
    /** Weights lie in other files; a bundle is one file. */
    EXTERNAL_DATA,
    /** A required metadata property is absent. */
    METADATA_MISSING,
    /**
     * A metadata property has no usable value: blank, repeated, a feature named twice, or a name or
     * version with other characters than are allowed.
     */
    METADATA_INVALID,
    /** The model uses an operator set that this version of ONNX Runtime doesn't know. */
    UNSUPPORTED_OPSET,
    /**
     * ONNX Runtime doesn't accept the graph: unknown operator, wrong types, inconsistent shapes.
     */
    GRAPH_REFUSED,
    /** The graph does not have exactly one float input of shape [any, features]. */
    INPUT_SHAPE,
    /** The graph does not have exactly one float output of shape [any] or [any, 1]. */
    OUTPUT_SHAPE,
    /** The metadata names another number of features than the input has columns. */
    FEATURE_COUNT,
    /** Running the probe batch failed. */
    PROBE_FAILED,
    /** The probe batch gave another number of scores than it has rows. */
    SCORE_COUNT,
    /** The probe batch gave a score that is NaN or infinite. */
    SCORE_NOT_FINITE,
    /** The model needs a feature that is not computed here. */
    UNKNOWN_FEATURE,
    /** The model was trained with another version of the feature catalog. */
    CATALOG_MISMATCH
  }

  private final Reason reason;

  ModelRejectedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  ModelRejectedException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** Returns the reason code. */
  public Reason reason() {
    return reason;
  }
}
