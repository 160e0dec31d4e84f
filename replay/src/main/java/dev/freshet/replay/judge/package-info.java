/**
 * Judges replayed lists: each action of a user is a test of the list that the user was given before
 * it. Computes metrics with intervals, and keeps every test for a later comparison.
 */
package dev.freshet.replay.judge;
