/** Compares two replays test by test: differences with intervals, and significance tests. */
package dev.freshet.replay.compare;
