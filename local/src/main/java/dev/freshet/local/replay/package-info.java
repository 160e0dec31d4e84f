/**
 * The part of a replay that needs no running cluster: recorded events in, and what came out of the
 * job as digests, prequential metrics and files.
 *
 * <p>In the order of use: {@link dev.freshet.local.replay.RecordedEvents} and {@link
 * dev.freshet.local.replay.ItemsFile} read what is fed to the job, {@link
 * dev.freshet.local.replay.ReplayedRecommendations} collects what it answered, {@link
 * dev.freshet.local.replay.PrequentialEvaluation} judges the answers, {@link
 * dev.freshet.local.replay.RecommendationsFile} and {@link dev.freshet.local.replay.ReplaySummary}
 * write them down.
 */
package dev.freshet.local.replay;
