package dev.freshet.jobs.evaluate;

import dev.freshet.ranking.list.Judgement;
import dev.freshet.schema.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by placement: measures how good the lists were, by what users did next, in windows of event
 * time aligned to the epoch. Every action first tests the last list and is then part of the input
 * of the next one. The evaluation is therefore prequential (Dawid, "Statistical theory: the
 * prequential approach", 1984).
 *
 * <p>Metrics report the same over the last {@value RecentWindows#SLIDING} windows, counted from the
 * start of the process.
 */
public final class EvaluationWindows extends KeyedProcessFunction<String, Judgement, Evaluation> {

  private static final long serialVersionUID = 1;

  private final long length;
  private final boolean excludeSeen;

  /** Counts by the window's end: one for each model version and variant. */
  private transient MapState<Long, List<RankCounts>> windows;

  /** Recent windows by placement. */
  private transient Map<String, RecentWindows> recent;

  public EvaluationWindows(EvaluationSettings settings) {
    length = settings.window().toMillis();
    excludeSeen = settings.excludeSeen();
  }

  @Override
  public void open(OpenContext context) {
    recent = new HashMap<>();
    windows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "windows", Types.LONG, Types.LIST(TypeInformation.of(RankCounts.class))));
  }

  /**
   * Counts a judgement. One that arrives behind the end of its window counts in the window that is
   * open.
   */
  @Override
  public void processElement(Judgement judgement, Context context, Collector<Evaluation> out)
      throws Exception {
    if (excludeSeen && judgement.repeated) {
      return;
    }
    long watermark = context.timerService().currentWatermark();
    long end = end(judgement.time > watermark ? judgement.time : watermark + 1);
    List<RankCounts> window = windows.get(end);
    if (window == null) {
      window = new ArrayList<>(1);
      context.timerService().registerEventTimeTimer(end - 1);
    }
    RankCounts counts = null;
    for (RankCounts each : window) {
      counts = each.isOf(judgement) ? each : counts;
    }
    if (counts == null) {
      counts = RankCounts.of(judgement);
      window.add(counts);
    }
    counts.add(judgement);
    windows.put(end, window);
  }

  private long end(long time) {
    return (Math.floorDiv(time, length) + 1) * length;
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Evaluation> out)
      throws Exception {
    long end = time + 1;
    String placement = context.getCurrentKey();
    List<RankCounts> window = windows.get(end);
    windows.remove(end);
    window.sort(
        Comparator.comparing((RankCounts counts) -> counts.model)
            .thenComparing(counts -> counts.modelVersion)
            .thenComparing(counts -> counts.variant));
    RankCounts all = new RankCounts();
    for (RankCounts counts : window) {
      out.collect(counts.evaluation(placement, end - length, end));
      all.add(counts);
    }
    recent
        .computeIfAbsent(
            placement,
            name ->
                new RecentWindows(getRuntimeContext().getMetricGroup().addGroup("placement", name)))
        .add(all);
  }
}
