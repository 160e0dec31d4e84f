package dev.freshet.replay.judge;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How well lists foretold the next action.
 *
 * @param tests actions that judged a list
 * @param users number of users that made them
 * @param metrics means over the tests, each with its interval
 */
public record Quality(long tests, int users, Map<RankMetric, Estimate> metrics) {

  public Quality {
    EnumMap<RankMetric, Estimate> inOrder = new EnumMap<>(RankMetric.class);
    inOrder.putAll(metrics);
    metrics = Collections.unmodifiableMap(inOrder);
  }

  /** Returns one of the means with its interval. */
  public Estimate of(RankMetric metric) {
    return metrics.get(metric);
  }

  /** Returns one of the means; NaN without tests. */
  public double value(RankMetric metric) {
    return of(metric).value();
  }
}
