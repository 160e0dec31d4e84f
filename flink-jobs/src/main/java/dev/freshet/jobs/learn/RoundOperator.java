package dev.freshet.jobs.learn;

import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.FeatureDrift;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrainingRound;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.yaml.Nullable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyed by the model: decides where rounds begin, and ends a round when all shards have reported.
 * What it emits for a round is a function of the examples. After a crash it emits the rounds since
 * the checkpoint again, with the same content. A reader that keeps the last record of each key
 * loses and doubles nothing.
 *
 * <p>Only the plan also depends on other writers, which may change it at any time. The operator
 * extends the newest plan that it knows. It adds its own steps again if they have not come back
 * through the topic yet.
 */
public final class RoundOperator
    extends KeyedCoProcessFunction<String, ShardReport, ReceivedModel, TrainingRound> {

  /** Models to be published, and plans by which they serve. */
  public static final OutputTag<ModelRecord> MODELS =
      new OutputTag<>("learned-models", TypeInformation.of(ModelRecord.class));

  private static final long serialVersionUID = 1;

  /** Population stability index above which, by custom, much has changed. */
  private static final double MUCH_DRIFT = 0.25;

  private static final Logger LOG = LoggerFactory.getLogger(RoundOperator.class);

  static {
    TrustedSchemas.register(); // before any state is restored
  }

  private final LearningSettings settings;

  private transient RoundConclusion conclusion;
  private transient LearnedSteps steps;
  private transient LearningMetrics.OfRounds metrics;

  /**
   * End of the first round that has an example, as far as it is known before that round is over.
   */
  private transient ValueState<Long> first;

  private transient ValueState<TrainingRound> last;

  /** Reports by round and shard. After a restore, shards can be ahead by more than one round. */
  private transient MapState<Tuple2<Long, Integer>, ShardReport> reports;

  /** The newest plan that was read from the topic in this run. */
  private transient ValueState<ModelPlan> plan;

  private transient ValueState<Long> planOffset;

  /** Ends of rounds, by their numbers, whose steps were not in any plan of the topic yet. */
  private transient MapState<Long, Long> unseen;

  /**
   * When the first report since the round before arrived, by the machine's clock; 0: none has
   * arrived yet.
   */
  private transient long roundStart;

  public RoundOperator(LearningSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    conclusion = new RoundConclusion(settings);
    steps = new LearnedSteps(settings);
    metrics =
        new LearningMetrics.OfRounds(getRuntimeContext().getMetricGroup(), settings.featureNames());
    first = getRuntimeContext().getState(new ValueStateDescriptor<>("first", Types.LONG));
    last =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("last", TypeInformation.of(TrainingRound.class)));
    reports =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "reports",
                    Types.TUPLE(Types.LONG, Types.INT),
                    TypeInformation.of(ShardReport.class)));
    plan =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("plan", TypeInformation.of(ModelPlan.class)));
    planOffset =
        getRuntimeContext().getState(new ValueStateDescriptor<>("plan-offset", Types.LONG));
    unseen =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("unseen-steps", Types.LONG, Types.LONG));
  }

  @Override
  public void processElement1(ShardReport report, Context context, Collector<TrainingRound> out)
      throws Exception {
    if (report.result == null) {
      begin(report.end, context);
      return;
    }
    if (roundStart == 0) {
      roundStart = System.nanoTime();
    }
    reports.put(Tuple2.of(report.round, report.shard), report);
    conclude(context, out);
  }

  @Override
  public void processElement2(ReceivedModel received, Context context, Collector<TrainingRound> out)
      throws Exception {
    if (received.offset < settings.start().planOffset()) {
      return; // what came after it is known
    }
    ModelPlan newest = (ModelPlan) received.record.getContent();
    plan.update(newest);
    planOffset.update(received.offset);
    forgetSeen(newest);
  }

  private void forgetSeen(@Nullable ModelPlan newest) throws Exception {
    Iterator<Map.Entry<Long, Long>> each = unseen.iterator();
    while (each.hasNext()) {
      Map.Entry<Long, Long> round = each.next();
      if (steps.has(newest, round.getKey(), round.getValue())) {
        each.remove();
      }
    }
  }

  /** Returns the newest plan that is known; null: there is none. */
  private @Nullable ModelPlan newestPlan() throws Exception {
    Long offset = planOffset.value();
    if (offset != null && offset >= settings.start().planOffset()) {
      return plan.value();
    }
    ModelPlan atStart = settings.start().plan();
    forgetSeen(atStart);
    return atStart;
  }

  /**
   * Begins the first round. It is known only when it is over, as an earlier one may turn up until
   * then.
   */
  private void begin(long end, Context context) throws Exception {
    if (last.value() != null) {
      return;
    }
    Long earliest = first.value();
    if (earliest == null || end < earliest) {
      first.update(end);
      context.timerService().registerEventTimeTimer(end);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<TrainingRound> out)
      throws Exception {
    if (last.value() == null) {
      TrainingRound beginning = conclusion.beginning(first.value());
      last.update(beginning);
      out.collect(beginning);
    }
  }

  private void conclude(Context context, Collector<TrainingRound> out) throws Exception {
    while (true) {
      TrainingRound before = last.value();
      long number = before.getRound() + 1;
      List<ShardReport> all = new ArrayList<>();
      for (int shard = 0; shard < settings.options().shards(); shard++) {
        ShardReport report = reports.get(Tuple2.of(number, shard));
        if (report == null) {
          return;
        }
        all.add(report);
      }
      RoundConclusion.Concluded concluded = conclusion.conclude(before, all);
      tell(concluded, context);
      out.collect(concluded.round());
      last.update(concluded.round());
      for (ShardReport report : all) {
        reports.remove(Tuple2.of(number, report.shard));
      }
      long now = System.nanoTime();
      metrics.ended(concluded, roundStart == 0 ? 0 : now - roundStart);
      roundStart = 0;
    }
  }

  private void tell(RoundConclusion.Concluded concluded, Context context) throws Exception {
    TrainingRound round = concluded.round();
    LOG.info(
        "Model {}, round {} up to {}: {}, {} lists, loss {}; held-out lists {}, MRR {}, served {}: {}",
        settings.model(),
        round.getRound(),
        round.getEndTime(),
        round.getOutcome(),
        round.getLists(),
        round.getLoss(),
        concluded.heldOut().lists(),
        concluded.heldOut().learnedMrr(),
        concluded.heldOut().servedMrr(),
        round.getVerdict());
    warnOfDrift(round);
    if (concluded.refusal() != null) {
      metrics.refused();
      LOG.error(
          "The model of round {} is not fit to serve, and is not published: {}",
          round.getRound(),
          concluded.refusal());
    }
    long end = round.getEndTime().toEpochMilli();
    ModelPlan before = newestPlan();
    ModelPlan after = before;
    if (concluded.release() != null) {
      metrics.published();
      context.output(MODELS, new ModelRecord(concluded.release()));
      after = extended(before, round.getRound(), end);
    }
    if (settings.rounds().areKnown()) {
      after = steps.settled(after, end);
    }
    if (after != before) {
      context.output(MODELS, new ModelRecord(after));
    }
  }

  private static void warnOfDrift(TrainingRound round) {
    for (FeatureDrift drift : round.getFeatureDrift()) {
      if (drift.getStabilityIndex() > MUCH_DRIFT) {
        LOG.warn(
            "Feature {} has other values in round {} than in those before: population stability"
                + " index {}",
            drift.getFeature(),
            round.getRound(),
            drift.getStabilityIndex());
      }
    }
  }

  /**
   * Returns the plan unchanged if it has the round's step from before a crash, or can't be
   * extended.
   */
  private @Nullable ModelPlan extended(@Nullable ModelPlan newest, long round, long end)
      throws Exception {
    if (steps.has(newest, round, end)) {
      return newest;
    }
    SortedMap<Long, Long> earlier = new TreeMap<>();
    for (Map.Entry<Long, Long> entry : unseen.entries()) {
      earlier.put(entry.getKey(), entry.getValue());
    }
    ModelPlan extended = newest;
    for (Map.Entry<Long, Long> entry : earlier.entrySet()) {
      extended = steps.with(extended, entry.getKey(), entry.getValue());
    }
    extended = steps.with(extended, round, end);
    if (!steps.has(extended, round, end)) {
      metrics.notPlanned();
      LOG.warn(
          "The model of round {} is published, but not planned to serve: the plan of model {} has"
              + " steps from {} on or later already",
          round,
          settings.model(),
          Instant.ofEpochMilli(settings.activation(end)));
      return newest;
    }
    unseen.put(round, end);
    return extended;
  }
}
