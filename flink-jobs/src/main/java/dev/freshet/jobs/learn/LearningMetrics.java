package dev.freshet.jobs.learn;

import dev.freshet.schema.FeatureDrift;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Metrics that learning reports. They are listed in docs/metrics.md. */
final class LearningMetrics {

  /** Examples that are left out, as their features differ from those that are learned from. */
  static final String OTHER_FEATURES = "examples_of_other_features";

  /** Examples of no round: after the last one, or learned from by a former run. */
  static final String UNUSED = "unused_examples";

  /** Examples that arrived behind the end of their round, and count for the next one. */
  static final String LATE = "late_examples";

  /** Examples that arrived again, and are dropped. */
  static final String DUPLICATES = "duplicate_examples";

  private LearningMetrics() {}

  /** Counts twice: as a metric, and as an accumulator, which is part of a job's result. */
  static final class Count {

    private final Counter counter;
    private final LongCounter total;

    Count(RuntimeContext context, String name) {
      counter = context.getMetricGroup().counter(name);
      total = context.getLongCounter(name);
    }

    void increase() {
      counter.inc();
      total.add(1L);
    }
  }

  /** Metrics of the shards of a subtask. */
  static final class OfShards {

    private final Count late;
    private final Count duplicates;
    private final Count unused;
    private volatile long learnMillis;
    private volatile double listsPerSecond;

    OfShards(RuntimeContext context) {
      late = new Count(context, LATE);
      duplicates = new Count(context, DUPLICATES);
      unused = new Count(context, UNUSED);
      MetricGroup group = context.getMetricGroup();
      group.gauge("learn_ms", (Gauge<Long>) () -> learnMillis);
      group.gauge("learn_lists_per_second", (Gauge<Double>) () -> listsPerSecond);
    }

    void late() {
      late.increase();
    }

    void duplicate() {
      duplicates.increase();
    }

    void unused() {
      unused.increase();
    }

    /** Records that a shard has learned from so many lists in a round, remembered ones included. */
    void learned(int lists, long nanos) {
      learnMillis = nanos / 1_000_000;
      if (lists > 0) {
        listsPerSecond = lists * 1e9 / Math.max(nanos, 1);
      }
    }
  }

  /** Metrics of the rounds. */
  static final class OfRounds {

    private final Counter published;
    private final Counter refused;
    private final Counter inTheWay;
    private volatile long round;
    private volatile long roundMillis;
    private volatile long lists;
    private volatile double loss = Double.NaN;
    private volatile long heldOutLists;
    private volatile double learnedMrr = Double.NaN;
    private volatile double servedMrr = Double.NaN;

    private volatile Map<String, Double> drift = Map.of();

    OfRounds(MetricGroup group, List<String> features) {
      group.gauge(
          "feature_drift_max",
          (Gauge<Double>)
              () -> drift.values().stream().mapToDouble(Double::doubleValue).max().orElse(0));
      for (String feature : features) {
        group
            .addGroup("feature", feature)
            .gauge("drift", (Gauge<Double>) () -> drift.getOrDefault(feature, 0.0));
      }
      published = group.counter("models_published");
      refused = group.counter("models_refused");
      inTheWay = group.counter("models_not_planned");
      group.gauge("round", (Gauge<Long>) () -> round);
      group.gauge("round_ms", (Gauge<Long>) () -> roundMillis);
      group.gauge("round_lists", (Gauge<Long>) () -> lists);
      group.gauge("round_loss", (Gauge<Double>) () -> loss);
      group.gauge("held_out_lists", (Gauge<Long>) () -> heldOutLists);
      group.gauge("held_out_mrr_learned", (Gauge<Double>) () -> learnedMrr);
      group.gauge("held_out_mrr_served", (Gauge<Double>) () -> servedMrr);
    }

    void ended(RoundConclusion.Concluded concluded, long nanos) {
      round = concluded.round().getRound();
      roundMillis = nanos / 1_000_000;
      lists = concluded.round().getLists();
      drift =
          concluded.round().getFeatureDrift().stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      FeatureDrift::getFeature, FeatureDrift::getStabilityIndex));
      loss = concluded.round().getLoss() == null ? Double.NaN : concluded.round().getLoss();
      heldOutLists = concluded.heldOut().lists();
      learnedMrr = concluded.heldOut().learnedMrr();
      servedMrr = concluded.heldOut().servedMrr();
    }

    void published() {
      published.inc();
    }

    void refused() {
      refused.inc();
    }

    void notPlanned() {
      inTheWay.inc();
    }
  }
}
