package dev.freshet.config;

import java.io.Serializable;
import java.time.Duration;

/**
 * How lists are evaluated while the job runs.
 *
 * @param window length of event time that one report covers
 * @param excludeSeen whether an action on an item that the user had acted on before is no test
 */
public record EvaluationConfig(Duration window, boolean excludeSeen)
    implements Section, Serializable {
  static EvaluationConfig defaults() {
    return new EvaluationConfig(Duration.ofMinutes(1), false);
  }

  @Override
  public void check(Check check) {
    check.range("window", window, Duration.ofSeconds(1), Duration.ofDays(7));
  }
}
