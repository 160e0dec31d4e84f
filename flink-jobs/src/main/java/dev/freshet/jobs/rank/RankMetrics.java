package dev.freshet.jobs.rank;

import dev.freshet.ranking.list.Judgement;
import dev.freshet.ranking.serving.Ranker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** The metrics of ranking. Listed in docs/metrics.md. */
final class RankMetrics {

  /** Number of the newest values that a histogram holds. */
  private static final int WINDOW = 4096;

  /** Counts of a source's candidates. */
  private record SourceCounters(Counter candidates, Counter served, Counter hits) {}

  private final MetricGroup group;
  private final SourceCounters[] sources;
  private final Map<String, SourceCounters> sourcesByName = new HashMap<>();
  private final Histogram candidates;
  private final Histogram due;
  private final Histogram onnxMicros;
  private final Histogram rankMicros;
  private final Histogram endToEndMillis;

  /**
   * @param sourceNames a source's number is its place there
   */
  RankMetrics(MetricGroup group, List<String> sourceNames) {
    this.group = group;
    this.sources = new SourceCounters[sourceNames.size()];
    for (int source = 0; source < sources.length; source++) {
      MetricGroup ofSource = group.addGroup("source", sourceNames.get(source));
      sources[source] =
          new SourceCounters(
              ofSource.counter("candidates"), ofSource.counter("served"), ofSource.counter("hits"));
      sourcesByName.put(sourceNames.get(source), sources[source]);
    }
    candidates = histogram("candidates");
    due = histogram("lists_due_together");
    onnxMicros = histogram("onnx_us");
    rankMicros = histogram("rank_us");
    endToEndMillis = histogram("end_to_end_ms");
  }

  private Histogram histogram(String name) {
    return group.histogram(name, new DescriptiveStatisticsHistogram(WINDOW));
  }

  void gauge(String name, LongSupplier value) {
    group.gauge(name, (Gauge<Long>) value::getAsLong);
  }

  /** Adds the gauge of the model that serves a placement. */
  void model(String placement, Supplier<String> serving) {
    group.addGroup("placement", placement).gauge("model", (Gauge<String>) serving::get);
  }

  /** Counts a ranked list. */
  void ranked(Ranker ranker, int count, long onnxNanos, long nanos) {
    candidates.update(count);
    onnxMicros.update(onnxNanos / 1_000);
    rankMicros.update(nanos / 1_000);
    for (int candidate = 0; candidate < count; candidate++) {
      sources[ranker.sourceOfCandidate(candidate)].candidates.inc();
    }
    for (int place = 0; place < ranker.listed(); place++) {
      sources[ranker.source(place)].served.inc();
    }
  }

  /** Counts a recommendation that was emitted; times are in milliseconds. */
  void emitted(long eventTime, long now) {
    endToEndMillis.update(now - eventTime);
  }

  /** Counts the lists that became due with one watermark. */
  void due(int lists) {
    if (lists > 0) {
      due.update(lists);
    }
  }

  /** Counts a hit for the source that proposed the item the user acted on. */
  void judged(Judgement judgement) {
    SourceCounters source = sourcesByName.get(judgement.source);
    if (source != null) { // the item was not in the list, or its source is no longer configured
      source.hits.inc();
    }
  }
}
