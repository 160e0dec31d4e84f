package dev.freshet.jobs.item;

import java.io.Serializable;

/**
 * How fast an item's actions fade, in milliseconds of event time.
 *
 * @param shortHalfLife of the count that follows trends
 * @param longHalfLife of the count that knows the classics
 */
public record ItemSettings(long shortHalfLife, long longHalfLife) implements Serializable {}
