package dev.freshet.jobs.evaluate;

import java.io.Serializable;
import java.time.Duration;

/**
 * Settings of the evaluation of lists while the job runs.
 *
 * @param window length of an evaluation window in event time, at least 1 ms
 * @param excludeSeen whether only an action on an item that is new to its user is a test
 */
public record EvaluationSettings(Duration window, boolean excludeSeen) implements Serializable {

  public EvaluationSettings {
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException("windows of " + window + "; at least 1 ms");
    }
  }
}
