/** The topics: which there are, how they are created, and whether a broker's fit. */
package dev.freshet.protocol.kafka;
