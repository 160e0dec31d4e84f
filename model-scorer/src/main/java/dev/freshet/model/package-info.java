/**
 * Models that rank: one ONNX file with its feature names ({@link dev.freshet.model.ModelBundle}),
 * checked before it may serve, and scored with ONNX Runtime ({@link dev.freshet.model.OnnxScorer}).
 */
package dev.freshet.model;
