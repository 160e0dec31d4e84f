/** What a service or an operator does with a running job over Kafka and Redis. */
package dev.freshet.client;
