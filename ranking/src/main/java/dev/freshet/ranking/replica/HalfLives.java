package dev.freshet.ranking.replica;

import java.io.Serializable;

/**
 * How fast what is known of items fades. Milliseconds of event time after which a weight has
 * halved.
 *
 * @param popularityShort of the count that follows trends
 * @param popularityLong of the count that knows the classics
 * @param neighbours of transitions and co-visitation
 */
public record HalfLives(long popularityShort, long popularityLong, long neighbours)
    implements Serializable {}
