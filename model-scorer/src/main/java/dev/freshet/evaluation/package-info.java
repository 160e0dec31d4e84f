/**
 * The one evaluation of ranked lists: the {@linkplain dev.freshet.evaluation.Rank rank rule}, the
 * {@linkplain dev.freshet.evaluation.RankMetric metrics of a rank} and {@linkplain
 * dev.freshet.evaluation.ListMetrics of a list}, {@linkplain dev.freshet.evaluation.ClusteredMean
 * means with intervals}, and the tests of two sides ({@link dev.freshet.evaluation.PairedRanks},
 * {@link dev.freshet.evaluation.PairedMeans}). Training, the running job, replays and the demo all
 * use it, so that a figure of one name is the same number everywhere. Depends on the JDK alone.
 */
package dev.freshet.evaluation;
