/** What operators share: event-time order, sparse watermarks, counters and serializers. */
package dev.freshet.jobs.flow;
