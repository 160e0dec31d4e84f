/**
 * The commands that need Kafka, Redis and Flink within this process: only on the class path of a
 * checkout, not in the distribution.
 */
package dev.freshet.cli.local;
