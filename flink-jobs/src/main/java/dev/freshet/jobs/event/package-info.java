/**
 * What flows between the operators. Flink POJOs: public fields and a public constructor without
 * arguments, so that state and network use Flink's own serializer (never Kryo) and fields can be
 * added without losing state. Times are event times in milliseconds since the epoch.
 */
package dev.freshet.jobs.event;
