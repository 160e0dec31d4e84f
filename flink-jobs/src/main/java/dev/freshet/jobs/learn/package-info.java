/**
 * The learning job: training examples become models, round by round. What it writes is a function
 * of the examples, at any parallelism and across a crash.
 */
package dev.freshet.jobs.learn;
