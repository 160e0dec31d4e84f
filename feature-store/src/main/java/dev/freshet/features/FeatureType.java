package dev.freshet.features;

/** What the values of a feature are. */
public enum FeatureType {
  /** A 64-bit signed integer: counts, epoch milliseconds. */
  LONG,
  /** A 64-bit floating-point number: rates, decayed counts. */
  DOUBLE,
  /** Text: attributes. */
  STRING,
  /** An ordered list of texts, possibly empty: last items, neighbours. */
  STRINGS
}
