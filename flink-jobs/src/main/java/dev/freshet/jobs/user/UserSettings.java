package dev.freshet.jobs.user;

import java.io.Serializable;

/**
 * How a user's history is kept. Times in milliseconds.
 *
 * @param historyLength distinct items remembered
 * @param sessionGap pause after which a new session begins, when the producer sends no session id
 * @param dedupWindow how long, in event time, an event id is remembered at least
 * @param placement the list that an action asks for
 */
public record UserSettings(int historyLength, long sessionGap, long dedupWindow, String placement)
    implements Serializable {}
