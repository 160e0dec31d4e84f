/**
 * The item replica: what ranking knows of all items as of one event time. Every ranking subtask
 * holds one; the same changes in the same order give the same replica.
 */
package dev.freshet.ranking.replica;
