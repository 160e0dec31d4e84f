package dev.freshet.local.bench;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The metrics of the jobs in this JVM, to be looked at as often as one likes. Flink makes reporters
 * itself, by the name of a factory, so there is one for the JVM.
 */
public final class JobMetrics implements MetricReporter {

  /** Named in Flink's configuration, and found by it as a service. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return ALL;
    }
  }

  private static final JobMetrics ALL = new JobMetrics();

  /** Names of the metrics, each with that of its operator. */
  private final Map<Metric, String> metrics = new ConcurrentHashMap<>();

  private JobMetrics() {}

  static JobMetrics all() {
    return ALL;
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    String operator = group.getAllVariables().get("<operator_name>");
    if (operator != null) {
      metrics.put(metric, operator + "." + name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    metrics.remove(metric);
  }

  /** An operator's metric, one for each subtask. */
  <M extends Metric> Stream<M> of(String operator, String name, Class<M> type) {
    String full = operator + "." + name;
    return metrics.entrySet().stream()
        .filter(entry -> entry.getValue().equals(full))
        .map(Map.Entry::getKey)
        .filter(type::isInstance)
        .map(type::cast);
  }
}
