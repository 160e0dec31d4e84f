package dev.freshet.bench;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
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

  /** By operator and name; looking for one must cost nothing that shows. */
  private final Map<String, Set<Metric>> metrics = new ConcurrentHashMap<>();

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
    String operator = operator(group);
    if (operator != null) {
      metrics
          .computeIfAbsent(key(operator, name), key -> ConcurrentHashMap.newKeySet())
          .add(metric);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    String operator = operator(group);
    if (operator != null) {
      metrics.getOrDefault(key(operator, name), Set.of()).remove(metric);
    }
  }

  /** Null for what is of no operator. */
  private static String operator(MetricGroup group) {
    return group.getAllVariables().get("<operator_name>");
  }

  private static String key(String operator, String name) {
    return operator + "." + name;
  }

  /** An operator's metric, one for each subtask. */
  <M extends Metric> Stream<M> of(String operator, String name, Class<M> type) {
    return metrics.getOrDefault(key(operator, name), Set.of()).stream()
        .filter(type::isInstance)
        .map(type::cast);
  }
}
