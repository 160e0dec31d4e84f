package dev.freshet.bench;

import dev.freshet.bench.Timeline.Steps;
import dev.freshet.local.TimeSpan;
import dev.freshet.yaml.Nullable;
import java.util.List;
import java.util.Map;

/** The commands for the processes of a measurement, and their replies. */
final class Orders {

  private Orders() {}

  /**
   * Topics of a variant.
   *
   * @param variant its prefix: what it is called in further orders
   */
  record Topics(String variant, String actions, String items, String recommendations) {}

  /** To the generator: whom it works for. */
  record Connect(String kafka, Traffic.Settings traffic, List<Topics> variants) {}

  /**
   * To the generator: write what was before the measurement.
   *
   * @param endMillis when it was over, in milliseconds since 1970-01-01T00:00:00Z
   */
  record Past(String variant, String window, int actions, long endMillis) {}

  /**
   * To the generator: write a backlog.
   *
   * @param startMillis event time of the first action
   * @param rate actions a second of event time
   */
  record Backlogged(String variant, String window, int actions, long startMillis, double rate) {}

  /** To the generator: read the answers to what was written. */
  record Expect(String variant, String window, int actions, double waitSeconds) {}

  /**
   * From the generator: all answers were read, or no more came in time.
   *
   * @param seconds from the first answer to the last
   * @param middle answers between the first and the last twentieth
   * @param middleSeconds that these took
   */
  record Drained(
      long actions,
      long missing,
      long repeated,
      double seconds,
      long middle,
      double middleSeconds) {}

  /**
   * To the generator: send at a rate.
   *
   * @param window begins the ids of its actions
   * @param settleSeconds at the beginning that don't count
   * @param seconds that count
   * @param waitSeconds for answers, after the last action was sent
   * @param everySeconds interval between figures while it goes on; 0: none
   */
  record Load(
      String variant,
      String window,
      double rate,
      double settleSeconds,
      double seconds,
      double waitSeconds,
      double everySeconds) {}

  /**
   * From the generator: how it went.
   *
   * @param actions sent
   * @param missing not answered in time
   * @param repeated answers beyond the first to an action
   * @param micros histogram of latencies, encoded
   * @param lagMicros histogram of how much later than due actions were sent, encoded
   * @param steps null: the figures came while it went on
   */
  record Loaded(
      long actions,
      long missing,
      long repeated,
      Backlog backlog,
      String micros,
      String lagMicros,
      @Nullable Steps steps) {}

  /** From the generator, while it sends. */
  record Interval(double atSeconds, long sent, long answered, Latency latency) {}

  /**
   * To Flink: run a job.
   *
   * @param floor whether it is the floor and not the whole product
   * @param keys configuration, beyond the defaults
   */
  record Start(boolean floor, Map<String, String> keys, int slots, StateBackend stateBackend) {}

  /**
   * From Flink: the job runs.
   *
   * @param features that the model scores by; 0: there is no model
   */
  record Started(String dashboard, int features) {}

  /**
   * From Flink: what its job did since the last look.
   *
   * @param late actions behind the watermark
   * @param candidates scored for a list, in the mean; NaN: there was no list
   * @param rankMicros to gather, score and select a list, in the mean of the last lists
   * @param onnxMicros of these, scoring and selection
   * @param watermarkLagMillis histogram, encoded; empty: there is none
   * @param replicaItems over all subtasks
   * @param stateBytes of the last checkpoint; -1: there was none
   * @param checkpoints the last ones, some from before the last look
   */
  record Done(
      long lists,
      long late,
      double candidates,
      double rankMicros,
      double onnxMicros,
      String watermarkLagMillis,
      long replicaItems,
      long replicaBytes,
      long stateBytes,
      List<TimeSpan> checkpoints) {}
}
