/**
 * Ranking features: the inputs of the model for each candidate. A feature is one class and one line
 * in {@link dev.freshet.ranking.feature.RankingFeatures}.
 */
package dev.freshet.ranking.feature;
