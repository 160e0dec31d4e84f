/**
 * Readers of recorded events, item catalogs and ranking logs: CSV, JSON lines, Avro and Metarank's
 * format. A line that cannot be used becomes a dead letter with its place and the reason.
 */
package dev.freshet.replay.reader;
