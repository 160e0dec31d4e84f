/** How checkpoints are written beside a job that somebody waits for. */
package dev.freshet.jobs.checkpoint;
