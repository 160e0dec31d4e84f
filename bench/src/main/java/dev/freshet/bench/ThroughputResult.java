package dev.freshet.bench;

import dev.freshet.bench.ThroughputSettings.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code throughput.json}: what {@code bench throughput} found.
 *
 * @param started in ISO-8601
 */
public record ThroughputResult(
    String kind,
    String started,
    Machine machine,
    ThroughputSettings settings,
    List<PointResult> points) {

  /**
   * What was found of a point with a delay.
   *
   * @param modelFeatures that the model scores by
   * @param drains those that warm up included, in order
   * @param listsPerSecond median of the drains that count
   * @param lowest of these
   * @param highest of these
   * @param cpuMillisPerList of the job's process, median of the same
   * @param paced null: it was not looked for
   */
  public record PointResult(
      Point point,
      String maxDelay,
      int modelFeatures,
      List<DrainResult> drains,
      double listsPerSecond,
      double lowest,
      double highest,
      double cpuMillisPerList,
      Paced paced) {

    static PointResult of(
        Point point, String maxDelay, int features, List<DrainResult> drains, Paced paced) {
      double[] rates =
          drains.stream()
              .filter(each -> !each.warmUp())
              .mapToDouble(DrainResult::listsPerSecond)
              .sorted()
              .toArray();
      return new PointResult(
          point,
          maxDelay,
          features,
          List.copyOf(drains),
          EndToEndResult.median(rates),
          rates[0],
          rates[rates.length - 1],
          EndToEndResult.median(
              drains.stream()
                  .filter(each -> !each.warmUp())
                  .mapToDouble(DrainResult::cpuMillisPerList)
                  .toArray()),
          paced);
    }
  }

  /**
   * One backlog that was worked off.
   *
   * @param warmUp whether it doesn't count
   * @param seconds from the first list to the last
   * @param listsPerSecond within these
   * @param middleListsPerSecond the same without the first and last twentieth: a backlog's last
   *     lists wait until it is certain that nothing more comes
   * @param cpu processor seconds a second, from when the job ran
   * @param cpuMillisPerList of the job's process
   */
  public record DrainResult(
      boolean warmUp,
      long lists,
      long missing,
      long repeated,
      double seconds,
      double listsPerSecond,
      double middleListsPerSecond,
      double candidates,
      double rankMicros,
      double onnxMicros,
      Measured.Cpu cpu,
      double cpuMillisPerList,
      double allocatedMegabytesPerSecond,
      Measured.Pauses pauses,
      long replicaBytes,
      long stateBytes) {}

  /**
   * The highest rate whose latency stays within the bound.
   *
   * @param rate actions a second; NaN: not even the lowest one's did
   * @param windows that were tried, in order
   */
  public record Paced(double rate, List<Measured> windows) {}

  /** Writes {@code throughput.json}; one that is there is replaced. */
  public void write(Path folder) throws IOException {
    BenchJson.write(folder.resolve("throughput.json"), this);
  }

  /** Actions that were not answered exactly once in time. */
  public long unanswered() {
    return points.stream()
        .flatMap(point -> point.drains.stream())
        .mapToLong(drain -> drain.missing + drain.repeated)
        .sum();
  }
}
