package dev.freshet.jobs.input;

import dev.freshet.protocol.event.RejectReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/** How many dead letters an operator has made, by reason. Listed in docs/metrics.md. */
public final class DeadLetterCounters {

  private final Map<RejectReason, Counter> counters = new EnumMap<>(RejectReason.class);

  public DeadLetterCounters(RuntimeContext context) {
    for (RejectReason reason : RejectReason.values()) {
      counters.put(
          reason,
          context.getMetricGroup().addGroup("reason", reason.name()).counter("dead_letters"));
    }
  }

  /** Counts one. */
  public void count(RejectReason reason) {
    counters.get(reason).inc();
  }
}
