/**
 * {@code ./freshet bench}: latency and throughput of the whole product beside a floor. Broker,
 * Redis, each Flink job and the load generator are processes of their own; this process only tells
 * them what to do ({@link dev.freshet.local.bench.BenchStack}) and writes down what they answer.
 */
package dev.freshet.local.bench;
