package dev.freshet.bench;

/**
 * A variant and its process.
 *
 * @param features that the model scores by; 0: there is no model
 */
record RunningVariant(Variant variant, ChildProcess flink, int features) {}
