/**
 * Reads features from the store, and checks them against a recomputation from the recorded events.
 */
package dev.freshet.client.feature;
