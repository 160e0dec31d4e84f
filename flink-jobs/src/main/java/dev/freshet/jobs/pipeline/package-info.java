/**
 * The pipelines: how sources, operators and sinks are connected. Sources and sinks are passed in,
 * so that live runs, replays and tests use the same pipeline.
 */
package dev.freshet.jobs.pipeline;
