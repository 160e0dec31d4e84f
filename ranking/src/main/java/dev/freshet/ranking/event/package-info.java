/** The input of ranking: what changed about an item, and who asks for a list. */
package dev.freshet.ranking.event;
