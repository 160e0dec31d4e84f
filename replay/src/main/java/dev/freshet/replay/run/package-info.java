/**
 * Running a replay: sends recorded events to Kafka, runs the job on them through a {@link
 * dev.freshet.replay.run.JobRunner}, and collects its answers as digests, metrics and files.
 */
package dev.freshet.replay.run;
