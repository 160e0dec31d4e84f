/**
 * Models that rank, for any JVM service: neither Flink nor Redis is needed. A model is one ONNX
 * file with its feature names ({@link dev.freshet.model.ModelBundle}), checked before it may serve.
 * {@link dev.freshet.model.ModelPool} loads models in the background and shares their sessions;
 * {@link dev.freshet.model.ModelLease} is the right to use one, and {@link
 * dev.freshet.model.OnnxScorer} scores rows with ONNX Runtime, on the calling thread. {@link
 * dev.freshet.model.ServingPlan} says which version of a model serves whom, from which event time
 * on.
 */
package dev.freshet.model;
