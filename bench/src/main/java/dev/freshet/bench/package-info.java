/**
 * {@code ./freshet bench}: measures latency and throughput of the whole product beside a floor. The
 * broker, Redis, each Flink job and the load generator are processes of their own; this process
 * controls them ({@link dev.freshet.bench.BenchStack}) and records their answers.
 */
package dev.freshet.bench;
