/** Ranking features: the inputs of the model for each candidate. */
package dev.freshet.ranking.feature;
