/**
 * Training of a small ranker in plain Java: lists with labels ({@link
 * dev.freshet.model.train.RankingExample}) train a network ({@link
 * dev.freshet.model.train.MlpRanker}) that {@link dev.freshet.model.train.OnnxExport} writes as a
 * model bundle.
 */
package dev.freshet.model.train;
