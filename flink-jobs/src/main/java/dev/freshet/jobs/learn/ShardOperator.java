package dev.freshet.jobs.learn;

import dev.freshet.model.train.LearnedState;
import dev.freshet.model.train.LearningExample;
import dev.freshet.model.train.RehearsalMemory;
import dev.freshet.model.train.ShardLearner;
import dev.freshet.model.train.ShardResult;
import dev.freshet.protocol.model.Rounds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by shard: collects the examples of a round and learns from them. It learns when the round
 * has ended in event time and the state after the round before is known. Event time alone decides
 * what it learns from; the last input to arrive decides when.
 *
 * <p>An example that arrives behind the end of its round counts for the round that is open. An
 * example can arrive again after a restore of the job that writes examples. It is dropped while its
 * round or the one after it is the last that was learned from.
 */
public final class ShardOperator
    extends KeyedCoProcessFunction<Integer, ShardExample, LearnedRound, ShardReport> {

  private static final long serialVersionUID = 1;

  private static final byte[][] NONE = {};

  private final LearningSettings settings;
  private final ShardKeys keys;
  private final Rounds rounds;

  private transient ShardLearner learner;
  private transient LearningMetrics.OfShards metrics;

  /** End of the last round that had ended when a timer of this shard fired. */
  private transient ValueState<Long> ended;

  /**
   * Number of the round whose state is needed next; null: no round is known. This run begins with
   * the first round that arrives.
   */
  private transient ValueState<Long> needed;

  /** End of the rounds that a former run has learned from; null: none. */
  private transient ValueState<Long> formerly;

  /** Rounds that the next ones start from, by their numbers. */
  private transient MapState<Long, LearnedRound> states;

  /** End of the round that an example counts for, by the example's key. */
  private transient MapState<Long, Long> roundOfExample;

  /** Examples not learned from yet, by their keys. */
  private transient MapState<Long, byte[]> examples;

  private transient ValueState<RememberedLists> memory;

  public ShardOperator(LearningSettings settings, ShardKeys keys) {
    this.settings = settings;
    this.keys = keys;
    this.rounds = settings.rounds();
  }

  @Override
  public void open(OpenContext context) {
    learner = new ShardLearner(settings.options());
    metrics = new LearningMetrics.OfShards(getRuntimeContext());
    TypeInformation<byte[]> bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    ended = getRuntimeContext().getState(new ValueStateDescriptor<>("ended", Types.LONG));
    needed = getRuntimeContext().getState(new ValueStateDescriptor<>("needed", Types.LONG));
    formerly = getRuntimeContext().getState(new ValueStateDescriptor<>("formerly", Types.LONG));
    states =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "states", Types.LONG, TypeInformation.of(LearnedRound.class)));
    roundOfExample =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("rounds-of-examples", Types.LONG, Types.LONG));
    examples =
        getRuntimeContext().getMapState(new MapStateDescriptor<>("examples", Types.LONG, bytes));
    memory =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("memory", RememberedLists.Serializer.INSTANCE));
  }

  @Override
  public void processElement1(ShardExample example, Context context, Collector<ShardReport> out)
      throws Exception {
    if (roundOfExample.contains(example.key)) {
      metrics.duplicate();
      return;
    }
    long end = rounds.endOf(example.time);
    if (isOfFormerRun(end)) {
      metrics.unused();
      return;
    }
    long passed = Math.max(context.timerService().currentWatermark(), lastEnded());
    if (end <= passed) {
      metrics.late();
      end = rounds.after(passed);
    }
    if (end == Rounds.NONE) {
      metrics.unused();
      return;
    }
    roundOfExample.put(example.key, end);
    examples.put(example.key, example.bytes);
    context.timerService().registerEventTimeTimer(end);
  }

  @Override
  public void processElement2(LearnedRound round, Context context, Collector<ShardReport> out)
      throws Exception {
    if (needed.value() == null) {
      needed.update(round.round);
      if (!round.initial) {
        formerly.update(round.end);
        forgetFormer();
      }
    }
    if (round.round >= needed.value()) {
      states.put(round.round, round);
      learn(context, out);
    }
  }

  private boolean isOfFormerRun(long end) throws Exception {
    Long former = formerly.value();
    return former != null && end <= former;
  }

  private void forgetFormer() throws Exception {
    Iterator<Map.Entry<Long, Long>> each = roundOfExample.iterator();
    while (each.hasNext()) {
      Map.Entry<Long, Long> entry = each.next();
      if (isOfFormerRun(entry.getValue())) {
        examples.remove(entry.getKey());
        each.remove();
        metrics.unused();
      }
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<ShardReport> out)
      throws Exception {
    if (rounds.hasEnded(time, context.timerService().currentWatermark())) {
      ended.update(Math.max(time, lastEnded()));
      learn(context, out);
    }
  }

  private long lastEnded() throws Exception {
    Long last = ended.value();
    return last == null ? Long.MIN_VALUE : last;
  }

  private void learn(Context context, Collector<ShardReport> out) throws Exception {
    while (needed.value() != null) {
      LearnedRound before = states.get(needed.value());
      if (before == null) {
        return;
      }
      long end = rounds.after(before.end);
      boolean over =
          end <= lastEnded() || rounds.hasEnded(end, context.timerService().currentWatermark());
      if (!over) {
        if (end != Rounds.NONE) {
          context.timerService().registerEventTimeTimer(end);
        }
        return;
      }
      out.collect(learn(before, end, keys.shardOf(context.getCurrentKey())));
      states.remove(before.round);
      needed.update(before.round + 1);
    }
  }

  private ShardReport learn(LearnedRound before, long end, int shard) throws Exception {
    long start = System.nanoTime();
    List<LearningExample> fresh = new ArrayList<>();
    List<byte[]> heldOut = new ArrayList<>();
    FeatureCounts counts = new FeatureCounts(settings.featureNames().size());
    take(end, fresh, heldOut, counts);
    RememberedLists remembered = memory.value();
    if (remembered == null) {
      remembered = new RememberedLists(new RehearsalMemory(settings.options()));
    }
    RehearsalMemory rehearsal = remembered.memory(settings.options());
    ShardResult result = learner.learn(LearnedState.read(before.state), shard, fresh, rehearsal);
    if (!fresh.isEmpty()) {
      rehearsal.add(result.round(), fresh);
      memory.update(remembered);
    }
    ShardReport report = new ShardReport();
    report.round = result.round();
    report.end = end;
    report.shard = shard;
    report.result = result.toBytes();
    report.heldOut = heldOut.toArray(NONE);
    report.counts = counts.toBytes();
    metrics.learned(
        result.lists() * settings.options().passes() + result.rehearsedLists(),
        System.nanoTime() - start);
    return report;
  }

  /**
   * Takes the examples up to the end of a round. Their keys are kept until the next call, to
   * recognize duplicates.
   */
  private void take(
      long end, List<LearningExample> fresh, List<byte[]> heldOut, FeatureCounts counts)
      throws Exception {
    Iterator<Map.Entry<Long, Long>> each = roundOfExample.iterator();
    while (each.hasNext()) {
      Map.Entry<Long, Long> entry = each.next();
      if (entry.getValue() > end) {
        continue;
      }
      byte[] bytes = examples.get(entry.getKey());
      if (bytes == null) {
        each.remove();
        continue;
      }
      examples.remove(entry.getKey());
      StoredExample example = StoredExample.read(bytes);
      counts.add(example.example().list().rows(), example.example().list().count());
      if (example.heldOut() == null) {
        fresh.add(example.example());
      } else {
        heldOut.add(bytes);
      }
    }
  }
}
