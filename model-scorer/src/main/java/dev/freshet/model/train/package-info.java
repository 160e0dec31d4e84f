/**
 * Training of a small ranker in plain Java: lists with labels ({@link
 * dev.freshet.model.train.RankingExample}) train a network ({@link
 * dev.freshet.model.train.MlpRanker}) that {@link dev.freshet.model.train.OnnxExport} writes as a
 * model bundle. From a recording at once: {@link dev.freshet.model.train.RankerTrainer}.
 *
 * <p>Or in rounds, as lists come: from one {@link dev.freshet.model.train.LearnedState}, each
 * {@link dev.freshet.model.train.ShardLearner} learns from its part of a round's lists and from a
 * {@link dev.freshet.model.train.RehearsalMemory} of earlier ones, a {@link
 * dev.freshet.model.train.LearningRound} makes the next state of the results, and a {@link
 * dev.freshet.model.train.RoundValidation} decides on held-out lists whether it may serve. Each is
 * a function of the set of lists: neither their order nor that of the results has a say.
 */
package dev.freshet.model.train;
