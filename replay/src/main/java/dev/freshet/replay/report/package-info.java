/** The report pages of a replay and of a comparison. */
package dev.freshet.replay.report;
