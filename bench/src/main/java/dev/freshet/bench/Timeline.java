package dev.freshet.bench;

import dev.freshet.local.TimeSpan;
import java.util.List;

/**
 * How a window of load went from moment to moment, to see what its slowest lists waited for.
 *
 * @param stepSeconds length of a step
 * @param meanMillis latency of the actions that were due within each step; NaN: none was answered
 * @param longestMillis of the same
 * @param checkpoints of the job, from when one was asked for until its last file was written
 * @param pauses of the garbage collector of the job's process
 */
public record Timeline(
    double stepSeconds,
    List<Double> meanMillis,
    List<Double> longestMillis,
    List<Span> checkpoints,
    List<Span> pauses) {

  /** A part of a window, in seconds after its beginning; what began before is cut off. */
  public record Span(double from, double to) {}

  /**
   * Latencies by when actions were due.
   *
   * @param fromMillis beginning of the first step, since 1970-01-01T00:00:00Z
   * @param seconds length of a step
   * @param meanMillis NaN: none was answered
   */
  record Steps(
      long fromMillis, double seconds, List<Double> meanMillis, List<Double> longestMillis) {}

  static Timeline of(Steps steps, List<TimeSpan> checkpoints, List<TimeSpan> pauses) {
    return new Timeline(
        steps.seconds,
        steps.meanMillis,
        steps.longestMillis,
        within(steps, checkpoints),
        within(steps, pauses));
  }

  private static List<Span> within(Steps steps, List<TimeSpan> spans) {
    double end = steps.seconds * steps.meanMillis.size();
    return spans.stream()
        .map(
            each ->
                new Span(
                    Math.max(0, seconds(steps, each.fromMillis())),
                    Math.min(end, seconds(steps, each.toMillis()))))
        .filter(each -> each.from < end && each.to > 0)
        .toList();
  }

  private static double seconds(Steps steps, long millis) {
    return (millis - steps.fromMillis) / 1e3;
  }
}
