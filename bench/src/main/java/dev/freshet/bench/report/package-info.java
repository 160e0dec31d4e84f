/** The pages of {@code ./freshet bench}. */
package dev.freshet.bench.report;
