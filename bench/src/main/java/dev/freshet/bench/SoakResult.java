package dev.freshet.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * {@code soak.json}: what {@code bench soak} saw.
 *
 * @param started in ISO-8601
 * @param missing actions that were not answered in time
 * @param repeated answers beyond the first to an action
 */
public record SoakResult(
    String kind,
    String started,
    Machine machine,
    SoakSettings settings,
    int modelFeatures,
    long actions,
    long missing,
    long repeated,
    List<Sample> samples,
    List<SeriesTrend> trends) {

  /**
   * One look.
   *
   * @param seconds since the load began
   * @param warmUp whether it doesn't count
   * @param heapMegabytes of the job's process, the least after a collection since the last look;
   *     NaN: there was none. Once a block the whole heap is collected: then it is what is in use
   * @param residentMegabytes of the job's process
   * @param stateMegabytes of the last checkpoint
   * @param redisMegabytes of the data in Redis
   * @param p50 latency in ms since the last look
   * @param watermarkLagP50 in ms since the last look
   * @param cpu processor seconds a second of the job's process
   */
  public record Sample(
      double seconds,
      boolean warmUp,
      long sent,
      long answered,
      double heapMegabytes,
      double residentMegabytes,
      double stateMegabytes,
      double replicaItems,
      double replicaMegabytes,
      double redisMegabytes,
      double p50,
      double p99,
      double watermarkLagP50,
      double watermarkLagP99,
      double lateShare,
      double cpu,
      long longestPauseMillis) {}

  /** A figure that must not grow. */
  public enum Series {
    HEAP("heap after GC", "MB", true, Sample::heapMegabytes),
    RESIDENT("resident memory", "MB", false, Sample::residentMegabytes),
    STATE("state in a checkpoint", "MB", false, Sample::stateMegabytes),
    REPLICA_ITEMS("items in the replica", "items", false, Sample::replicaItems),
    REPLICA("replica", "MB", false, Sample::replicaMegabytes),
    REDIS("Redis", "MB", false, Sample::redisMegabytes),
    P50("latency p50", "ms", false, Sample::p50),
    P99("latency p99", "ms", false, Sample::p99),
    LAG_P50("watermark lag p50", "ms", false, Sample::watermarkLagP50),
    LAG_P99("watermark lag p99", "ms", false, Sample::watermarkLagP99);

    private final String label;
    private final String unit;
    private final boolean least;
    private final ToDoubleFunction<Sample> figure;

    /**
     * @param least whether the least of several samples is more informative than their median: a
     *     heap falls to what is in use only now and then
     */
    Series(String label, String unit, boolean least, ToDoubleFunction<Sample> figure) {
      this.label = label;
      this.unit = unit;
      this.least = least;
      this.figure = figure;
    }

    public String label() {
      return label;
    }

    public String unit() {
      return unit;
    }

    public double of(Sample sample) {
      return figure.applyAsDouble(sample);
    }
  }

  /** How a series went after the warm-up. */
  public record SeriesTrend(Series series, Trend trend) {}

  static List<SeriesTrend> trends(List<Sample> samples) {
    List<Sample> counted = samples.stream().filter(each -> !each.warmUp).toList();
    List<SeriesTrend> trends = new ArrayList<>();
    double[] hours = counted.stream().mapToDouble(each -> each.seconds / 3_600).toArray();
    for (Series series : Series.values()) {
      double[] values = counted.stream().mapToDouble(series::of).toArray();
      trends.add(new SeriesTrend(series, Trend.of(hours, values, series.least)));
    }
    return trends;
  }

  /** The series that grow, significantly and by much. */
  public List<SeriesTrend> growing() {
    return trends.stream().filter(each -> each.trend.grows()).toList();
  }

  /** Writes {@code soak.json}; one that is there is replaced. */
  public void write(Path folder) throws IOException {
    BenchJson.write(folder.resolve("soak.json"), this);
  }
}
