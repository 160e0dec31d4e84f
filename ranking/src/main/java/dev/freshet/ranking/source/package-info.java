/**
 * Candidate sources: each proposes items worth scoring. A source is one class and one line in
 * {@link dev.freshet.ranking.source.CandidateSources}.
 */
package dev.freshet.ranking.source;
