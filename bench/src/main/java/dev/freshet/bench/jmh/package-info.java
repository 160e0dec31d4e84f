/** Benchmarks of the parts, with JMH; docs/benchmarks.md says how to run them. */
package dev.freshet.bench.jmh;
