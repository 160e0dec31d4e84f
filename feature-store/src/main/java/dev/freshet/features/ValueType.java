package dev.freshet.features;

/** What the values of a feature are. */
public enum ValueType {
  /** A 64-bit signed integer, a {@link Long}: counts, durations in milliseconds. */
  LONG,
  /** A 64-bit floating-point number, a {@link Double}, never NaN: means, rates, decayed counts. */
  DOUBLE,
  /** Text, a {@link String}: a last value. */
  TEXT,
  /** An ordered list of texts, possibly empty: last values, attributes. */
  TEXTS,
  /** A fixed number of 64-bit floating-point numbers, a {@code double[]}: one-hot, embeddings. */
  NUMBERS,
  /** Texts with a weight each, a map ordered by falling weight, then by text: affinities, top. */
  WEIGHTS;

  /** Whether a value is one number. */
  public boolean isNumber() {
    return this == LONG || this == DOUBLE;
  }
}
