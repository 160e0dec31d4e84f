/**
 * Decoding and checking of the records on the input topics. The job and its clients use the same
 * rules, so that both accept and refuse the same records.
 */
package dev.freshet.protocol.event;
