package dev.freshet.jobs.features;

import java.io.Serializable;
import java.time.Duration;

/**
 * How ranking reads from the store what others compute.
 *
 * @param maxEntities entities cached by each subtask
 * @param maxAge after which a cached entity is read again
 * @param timeout after which ranking goes on without
 */
public record StoreCacheSettings(long maxEntities, Duration maxAge, Duration timeout)
    implements Serializable {}
