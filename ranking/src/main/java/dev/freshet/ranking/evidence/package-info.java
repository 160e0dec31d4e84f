/**
 * The evidence of one request: what the replica holds in favour of each item, given the user's
 * recent items.
 */
package dev.freshet.ranking.evidence;
