/** Contains the checkpoint storage that leaves the processor to latency-sensitive ranking. */
package dev.freshet.jobs.checkpoint;
