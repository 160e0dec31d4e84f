package dev.freshet.replay.judge;

import java.time.Instant;

/**
 * An action that judged a list: one test.
 *
 * @param eventId of the action
 * @param item that was wanted
 * @param rank of the item in the list, 1 to 20; 0: a miss
 * @param modelVersion that made the list; empty if there was none
 * @param variant that the user was in; empty without a split
 * @param source that proposed the item; empty for a miss
 * @param warmup whether the test is of the warm-up, and counts in no figure
 */
public record JudgedAction(
    String eventId,
    String user,
    String placement,
    Instant eventTime,
    String item,
    int rank,
    String modelVersion,
    String variant,
    String source,
    boolean warmup) {}
