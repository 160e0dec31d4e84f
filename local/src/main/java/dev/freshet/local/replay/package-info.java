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
 *
 * <p>{@link dev.freshet.local.replay.ReplayEvaluation} makes of it figures with intervals, and
 * {@link dev.freshet.local.replay.JudgedFile} keeps every test, of which {@link
 * dev.freshet.local.replay.ReplayComparison} pairs those of two replays. {@link
 * dev.freshet.local.replay.ExampleStudy} is what the training examples tell of the model.
 *
 * <p>{@link dev.freshet.local.replay.OfflineFeatures} reckons the features that the events should
 * lead to, and {@link dev.freshet.local.replay.FeatureComparison} compares them with those of the
 * store, for a {@link dev.freshet.local.replay.ConsistencyReport}.
 */
package dev.freshet.local.replay;
