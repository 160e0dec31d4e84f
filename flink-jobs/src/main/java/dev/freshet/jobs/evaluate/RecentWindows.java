package dev.freshet.jobs.evaluate;

import dev.freshet.schema.Evaluation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The last windows of a placement, and their metrics. */
final class RecentWindows {

  /** Windows that the metrics look back on. */
  static final int SLIDING = 10;

  private final Deque<RankCounts> windows = new ArrayDeque<>();

  /** Never changed once it is here: others read it. */
  private volatile Evaluation all = new RankCounts().figures();

  RecentWindows(MetricGroup group) {
    gauge(group, "hit_rate_5", Evaluation::getHitRate5);
    gauge(group, "hit_rate_10", Evaluation::getHitRate10);
    gauge(group, "hit_rate_10_low", Evaluation::getHitRate10Low);
    gauge(group, "hit_rate_10_high", Evaluation::getHitRate10High);
    gauge(group, "hit_rate_20", Evaluation::getHitRate20);
    gauge(group, "mrr_5", Evaluation::getMrr5);
    gauge(group, "mrr_10", Evaluation::getMrr10);
    gauge(group, "mrr_10_low", Evaluation::getMrr10Low);
    gauge(group, "mrr_10_high", Evaluation::getMrr10High);
    gauge(group, "mrr_20", Evaluation::getMrr20);
    gauge(group, "ndcg_5", Evaluation::getNdcg5);
    gauge(group, "ndcg_10", Evaluation::getNdcg10);
    gauge(group, "ndcg_10_low", Evaluation::getNdcg10Low);
    gauge(group, "ndcg_10_high", Evaluation::getNdcg10High);
    gauge(group, "ndcg_20", Evaluation::getNdcg20);
    gauge(group, "coverage_10", Evaluation::getCoverage10);
    gauge(group, "novelty_10", Evaluation::getNovelty10);
    gauge(group, "items_10", Evaluation::getItems10);
    gauge(group, "user_groups", Evaluation::getUserGroups);
    gauge(group, "tests", Evaluation::getTests);
  }

  private void gauge(MetricGroup group, String name, Function<Evaluation, Number> figure) {
    group.gauge(name, (Gauge<Number>) () -> orNan(figure.apply(all)));
  }

  private static Number orNan(Number figure) {
    return figure == null ? Double.NaN : figure;
  }

  void add(RankCounts window) {
    windows.addLast(window);
    if (windows.size() > SLIDING) {
      windows.removeFirst();
    }
    RankCounts sum = new RankCounts();
    windows.forEach(sum::add);
    all = sum.figures();
  }
}
