package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.RankUpdate;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.JobCounters;
import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelPool;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.Judgement;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.RecommendationIds;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.PendingChanges;
import dev.freshet.ranking.replica.ReplicaSettings;
import dev.freshet.ranking.serving.ModelScoring;
import dev.freshet.ranking.serving.ProposalOrder;
import dev.freshet.ranking.serving.Ranker;
import dev.freshet.ranking.serving.RankerSettings;
import dev.freshet.ranking.serving.Scoring;
import dev.freshet.ranking.serving.ServedModels;
import dev.freshet.ranking.serving.TrainingExamples;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Ranks: orders requests and item changes by event time, holds the state and emits the records.
 * Requests are keyed by user, item changes are broadcast. A request of event time t waits until the
 * watermark has passed t; then exactly the changes before t have been applied to the replica, on
 * every subtask.
 */
public final class RankOperator extends AbstractStreamOperator<Recommendation>
    implements TwoInputStreamOperator<RankRequest, RankUpdate, Recommendation>,
        Triggerable<String, VoidNamespace> {

  /** Name of the operator in the dashboard. */
  public static final String NAME = "rank";

  /** Metric: how far the watermark is behind the machine's clock, in milliseconds. */
  public static final String WATERMARK_LAG = "watermark_lag_ms";

  /** Training examples: what was served and what the user did next. */
  public static final OutputTag<TrainingExample> EXAMPLES =
      new OutputTag<>("training-examples", TypeInformation.of(TrainingExample.class));

  /** Features and sources of the items of each list. */
  public static final OutputTag<Explanation> EXPLANATIONS =
      new OutputTag<>("explanations", TypeInformation.of(Explanation.class));

  /** The lists of shadow models, with the id of the served list. */
  public static final OutputTag<Recommendation> SHADOWS =
      new OutputTag<>("shadows", TypeInformation.of(Recommendation.class));

  /** Judgements of lists by the user's next action. */
  public static final OutputTag<Judgement> JUDGEMENTS =
      new OutputTag<>("judgements", TypeInformation.of(Judgement.class));

  private static final String SHADOW_VARIANT = "shadow";

  private static final long serialVersionUID = 1;

  private final byte[] model;
  private final ReplicaSettings replicaSettings;
  private final RankerSettings settings;
  private final EventOrder eventOrder;

  private transient ModelPool pool;
  private transient ServedModels models;
  private transient ItemReplica replica;
  private transient Ranker ranker;
  private transient PendingChanges changes;
  private transient TypeSerializer<ItemChange> changeSerializer;
  private transient BroadcastState<Integer, ReplicaSnapshot> replicaState;
  private transient BroadcastState<String, ModelRecord> modelState;

  /** The watermark; after a restore, those of all subtasks. */
  private transient ListState<Long> watermarkState;

  private transient boolean restored;

  /** The watermark of the inputs. */
  private transient long arrived;

  /** Event time up to which the steps of the plan are known, and ranking may go on. */
  private transient long settledUntil;

  private transient long watermarkBefore;
  private transient MapState<Long, List<RankRequest>> waiting;

  private transient ServedLists served;
  private transient ListRecords records;
  private transient int dueTogether;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient JobCounters counters;
  private transient RankMetrics metrics;
  private transient Clock clock;
  private transient List<String> featureNames;

  /**
   * @param model the ONNX file, checked already
   */
  public RankOperator(
      byte[] model,
      ReplicaSettings replicaSettings,
      RankerSettings settings,
      EventOrder eventOrder) {
    this.model = model.clone();
    this.replicaSettings = replicaSettings;
    this.settings = settings;
    this.eventOrder = eventOrder;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    replica = new ItemReplica(replicaSettings);
    changes = new PendingChanges();
    changeSerializer =
        TypeInformation.of(ItemChange.class)
            .createSerializer(getExecutionConfig().getSerializerConfig());
    replicaState =
        context
            .getOperatorStateStore()
            .getBroadcastState(
                new MapStateDescriptor<>(
                    "replica", IntSerializer.INSTANCE, ReplicaSnapshot.Serializer.INSTANCE));
    modelState =
        context
            .getOperatorStateStore()
            .getBroadcastState(
                new MapStateDescriptor<>(
                    "models", Types.STRING, TypeInformation.of(ModelRecord.class)));
    watermarkState =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    restored = context.isRestored();
    if (restored) {
      watermarkBefore = Long.MAX_VALUE;
      for (long watermark : watermarkState.get()) {
        watermarkBefore = Math.min(watermarkBefore, watermark);
      }
      ReplicaSnapshot.restore(replicaState, replica, changes, changeSerializer);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    ReplicaSnapshot.store(replicaState, replica, changes, changeSerializer);
    watermarkState.update(List.of(modelTime()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    super.notifyCheckpointComplete(checkpoint);
    replicaState.clear(); // as large as the replica, and the next checkpoint writes it anew
  }

  @Override
  public void open() throws Exception {
    super.open();
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting", Types.LONG, Types.LIST(TypeInformation.of(RankRequest.class))));
    served =
        new ServedLists(
            getRuntimeContext()
                .getMapState(
                    new MapStateDescriptor<>(
                        "served-lists",
                        Types.STRING,
                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
    timers = getInternalTimerService("requests", VoidNamespaceSerializer.INSTANCE, this);
    counters = new JobCounters(getRuntimeContext());
    clock = Clock.systemUTC();
    featureNames = RankingFeatures.names(settings.stored());
    ranker = new Ranker(replica, settings);
    records = new ListRecords(ranker, clock);
    openModels();
    openMetrics();
  }

  private void openModels() throws Exception {
    arrived = Long.MIN_VALUE;
    settledUntil = settings.settledUntil();
    pool = ModelPool.shared();
    models =
        new ServedModels(
            pool,
            featureNames,
            settings.mostCandidates(),
            initialModel(),
            new ProposalOrder(settings.mostCandidates()),
            settings.waitForModels());
    for (Map.Entry<String, ModelRecord> entry : modelState.entries()) {
      take(entry.getValue());
    }
    models.settle(modelTime());
    if (restored) {
      // Waiting requests are ranked by the model that would have ranked them without the restart.
      models.awaitLoaded();
    }
  }

  /** The event time around which models are needed. */
  private long modelTime() {
    long watermark = timers.currentWatermark();
    if (watermark != Long.MIN_VALUE || settings.waitForModels()) {
      return watermark;
    }
    return restored ? watermarkBefore : clock.millis();
  }

  private Scoring initialModel() {
    try (ModelLease lease = pool.load(model, Set.copyOf(featureNames)).join()) {
      return new ModelScoring(
          lease.bundle(), lease.newScorer(), featureNames, settings.mostCandidates());
    }
  }

  private void openMetrics() {
    metrics = new RankMetrics(getMetricGroup(), ranker.sourceNames());
    metrics.gauge(WATERMARK_LAG, () -> clock.millis() - timers.currentWatermark());
    metrics.gauge("replica_items", replica::size);
    metrics.gauge("replica_bytes", replica::bytes);
    metrics.gauge("replica_evicted", replica::evictions);
    metrics.gauge("models_not_ready", models::notReady);
    for (Placement placement : settings.placements()) {
      metrics.model(
          placement.name(), () -> models.serving(placement.model(), timers.currentWatermark()));
    }
  }

  @Override
  public void close() throws Exception {
    try {
      super.close();
    } finally {
      if (models != null) {
        models.close();
      }
      if (pool != null) {
        pool.close();
      }
    }
  }

  @Override
  public void processElement1(StreamRecord<RankRequest> element) throws Exception {
    RankRequest request = element.getValue();
    if (eventOrder == EventOrder.ON_ARRIVAL || request.time <= timers.currentWatermark()) {
      rank(request);
      return;
    }
    List<RankRequest> sameTime = waiting.get(request.time);
    if (sameTime == null) {
      sameTime = new ArrayList<>(1);
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, request.time);
    }
    sameTime.add(request);
    waiting.put(request.time, sameTime);
  }

  @Override
  public void processElement2(StreamRecord<RankUpdate> element) throws Exception {
    RankUpdate update = element.getValue();
    if (update.model != null) {
      apply(update.model);
      return;
    }
    ItemChange change = update.item;
    if (change.late) {
      changes.supersede(change);
    }
    if (eventOrder == EventOrder.ON_ARRIVAL || change.time <= timers.currentWatermark()) {
      replica.apply(change);
    } else {
      changes.add(change);
    }
  }

  /** A model is used as soon as it is known; a plan names the event time from which it holds. */
  private void apply(ModelRecord record) throws Exception {
    take(record);
    modelState.put(ModelKeys.of(record), record);
    models.settle(modelTime());
    advance();
  }

  private void take(ModelRecord record) {
    if (record.getContent() instanceof ModelRelease release) {
      models.publish(release);
      return;
    }
    ModelPlan plan = (ModelPlan) record.getContent();
    models.plan(ModelPlans.servingPlan(plan));
    if (plan.getSettledTime() != null) {
      settledUntil = Math.max(settledUntil, plan.getSettledTime().toEpochMilli());
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    long time = timer.getTimestamp();
    applyBefore(time);
    List<RankRequest> due = waiting.get(time);
    waiting.remove(time);
    due.sort(RankRequest.EVENT_ORDER);
    for (RankRequest request : due) {
      rank(request);
      dueTogether += request.placements.length;
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("No processing time timer is ever registered");
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    arrived = mark.getTimestamp();
    advance();
  }

  /** Fires the timers that are due, then applies changes, also where no request waits for them. */
  private void advance() throws Exception {
    long watermark = Math.min(arrived, settledUntil);
    if (watermark <= timers.currentWatermark()) {
      return;
    }
    dueTogether = 0;
    super.processWatermark(new Watermark(watermark));
    metrics.due(dueTogether);
    applyBefore(watermark);
    if (watermark >= models.nextStep()) {
      models.settle(watermark);
    }
  }

  private void applyBefore(long time) {
    for (ItemChange change = changes.pollBefore(time);
        change != null;
        change = changes.pollBefore(time)) {
      replica.apply(change);
    }
  }

  private void rank(RankRequest request) throws Exception {
    ranker.moveOn();
    for (String placement : request.placements) {
      rank(request, placement);
    }
    // After the lists, because applications wait for them and not for labels.
    if (!request.asked && request.item != null) {
      label(request);
    }
    served.commit();
  }

  /** Emits how good the lists were that the action labels, and what is learned from them. */
  private void label(RankRequest action) throws Exception {
    for (ServedList list : served.take(action)) {
      Judgement judgement = Judgement.of(list, action, replica.size());
      metrics.judged(judgement);
      output.collect(JUDGEMENTS, new StreamRecord<>(judgement, action.time));
      if (settings.training() && list.items.length > 0) {
        output.collect(
            EXAMPLES,
            new StreamRecord<>(TrainingExamples.label(list, action, featureNames), action.time));
      }
    }
  }

  private void rank(RankRequest request, String placementName) throws Exception {
    Placement placement = ranker.placement(placementName);
    if (placement == null) {
      return; // of a placement that was configured before the job was restored
    }
    long start = System.nanoTime();
    int candidates = ranker.gather(request, placementName);
    Scoring scoring = models.choose(placement.model(), request.time, request.user);
    long gathered = System.nanoTime();
    ranker.score(scoring);
    long scored = System.nanoTime();
    metrics.ranked(ranker, candidates, scored - gathered, scored - start);
    String id = RecommendationIds.of(placementName, request.user, request.eventId, request.asked);
    Recommendation recommendation =
        records.recommendation(id, request, placementName, scoring, models.variant());
    output.collect(new StreamRecord<>(recommendation, request.time));
    counters.recommendation();
    metrics.emitted(request.time, recommendation.getEmissionTime().toEpochMilli());
    if (settings.explanations()) {
      output.collect(
          EXPLANATIONS, new StreamRecord<>(records.explanation(recommendation), request.time));
    }
    // An empty list is a miss to come and gives no example.
    boolean withFeatures = settings.training() && ranker.listed() > 0;
    served.add(placementName, ranker.remember(id, scoring, models.variant(), withFeatures));
    for (Scoring shadow : models.shadows()) {
      ranker.score(shadow);
      output.collect(
          SHADOWS,
          new StreamRecord<>(
              records.recommendation(id, request, placementName, shadow, SHADOW_VARIANT),
              request.time));
    }
  }
}
