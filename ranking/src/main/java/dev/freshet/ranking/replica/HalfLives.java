package dev.freshet.ranking.replica;

import java.io.Serializable;

/**
 * The half-lives of what is known of items: milliseconds of event time after which a weight has
 * halved.
 *
 * @param popularityShort of the count that follows trends
 * @param popularityLong of the count of lasting popularity
 * @param neighbours of transitions, co-visits and vectors
 */
public record HalfLives(long popularityShort, long popularityLong, long neighbours)
    implements Serializable {}
