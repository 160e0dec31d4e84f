package dev.freshet.jobs.flow;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/**
 * What happened to the records, counted twice: as metrics, for the dashboard, and as accumulators,
 * which come back with a finished replay's result. Listed in docs/metrics.md.
 */
public final class JobCounters {

  /** Actions and requests whose id was seen before, dropped. */
  public static final String DUPLICATES = "duplicates";

  /** Actions and requests that came behind the watermark. */
  public static final String LATE = "late";

  /** Lists sent. */
  public static final String RECOMMENDATIONS = "recommendations";

  private final Counter duplicates;
  private final Counter late;
  private final Counter recommendations;
  private final LongCounter totalDuplicates;
  private final LongCounter totalLate;

  public JobCounters(RuntimeContext context) {
    duplicates = context.getMetricGroup().counter(DUPLICATES);
    late = context.getMetricGroup().counter(LATE);
    recommendations = context.getMetricGroup().counter(RECOMMENDATIONS);
    totalDuplicates = context.getLongCounter(DUPLICATES);
    totalLate = context.getLongCounter(LATE);
  }

  public void duplicate() {
    duplicates.inc();
    totalDuplicates.add(1L);
  }

  public void late() {
    late.inc();
    totalLate.add(1L);
  }

  public void recommendation() {
    recommendations.inc();
  }
}
