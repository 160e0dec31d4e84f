/** Lists: placements, filters, selection, and what is remembered of a served list. */
package dev.freshet.ranking.list;
