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
import dev.freshet.ranking.list.PackedLists;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.RecommendationIds;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.ranking.replica.ItemReplica;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
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
 * Ranks. Requests come keyed by user, item changes are broadcast. A request of event time t waits
 * until the watermark has passed t; then exactly the changes before t have been applied to the
 * replica, on whichever subtask it runs.
 */
public final class RankOperator extends AbstractStreamOperator<Recommendation>
    implements TwoInputStreamOperator<RankRequest, RankUpdate, Recommendation>,
        Triggerable<String, VoidNamespace> {

  /** Name of the operator in the dashboard. */
  public static final String NAME = "rank";

  /** Metric: how far the watermark is behind the machine's clock, in milliseconds. */
  public static final String WATERMARK_LAG = "watermark_lag_ms";

  /** What was served and what the user did next. */
  public static final OutputTag<TrainingExample> EXAMPLES =
      new OutputTag<>("training-examples", TypeInformation.of(TrainingExample.class));

  /** Why lists are as they are. */
  public static final OutputTag<Explanation> EXPLANATIONS =
      new OutputTag<>("explanations", TypeInformation.of(Explanation.class));

  /** What models that are tried in the shadow would have served, under the served list's id. */
  public static final OutputTag<Recommendation> SHADOWS =
      new OutputTag<>("shadows", TypeInformation.of(Recommendation.class));

  /** How good lists were. */
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
  private transient PriorityQueue<ItemChange> changes;
  private transient TypeSerializer<ItemChange> changeSerializer;
  private transient BroadcastState<Integer, ReplicaSnapshot> replicaState;
  private transient BroadcastState<String, ModelRecord> modelState;

  /** How far event time had come: of all subtasks after a restore. */
  private transient ListState<Long> watermarkState;

  private transient boolean restored;

  /** How far event time has come at the inputs. */
  private transient long arrived;

  /** How far it may go on here, as later steps of a plan may not be known yet. */
  private transient long settledUntil;

  private transient long watermarkBefore;
  private transient MapState<Long, List<RankRequest>> waiting;

  /** The last list of each placement, until the user's next action, packed by {@link #lists}. */
  private transient MapState<String, byte[]> served;

  private transient PackedLists lists;

  /** The lists of the request at hand, to be {@link #served} once the earlier ones are labelled. */
  private transient Map<String, byte[]> answers;

  private transient List<String> labelled;
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
    changes = new PriorityQueue<>(ItemChange.EVENT_ORDER);
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
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "served-lists",
                    Types.STRING,
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    lists = new PackedLists();
    answers = new HashMap<>();
    labelled = new ArrayList<>();
    timers = getInternalTimerService("requests", VoidNamespaceSerializer.INSTANCE, this);
    counters = new JobCounters(getRuntimeContext());
    clock = Clock.systemUTC();
    featureNames = RankingFeatures.names(replicaSettings.storeFeatures());
    ranker = new Ranker(replica, settings);
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
      // What waits in state is ranked by what would have ranked it without the interruption.
      models.awaitLoaded();
    }
  }

  /** The time around which models are needed. */
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
      catchUp(change);
    }
    if (eventOrder == EventOrder.ON_ARRIVAL || change.time <= timers.currentWatermark()) {
      replica.apply(change);
    } else {
      changes.add(change);
    }
  }

  /** What was told before a late change and is applied after it must not take it back. */
  private void catchUp(ItemChange late) {
    List<ItemChange> outdated = new ArrayList<>();
    for (ItemChange change : changes) {
      if (change.item.equals(late.item) && change.time >= late.time) {
        outdated.add(change);
      }
    }
    for (ItemChange change : outdated) {
      changes.remove(change);
      changes.add(change.with(late));
    }
  }

  /** Models count from when they are known; a plan tells from which event time it holds. */
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

  /** Fires what is due, then catches up, so that changes don't pile up where no one asks. */
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
    while (!changes.isEmpty() && changes.peek().time < time) {
      replica.apply(changes.poll());
    }
  }

  private void rank(RankRequest request) throws Exception {
    ranker.moveOn();
    for (String placement : request.placements) {
      rank(request, placement);
    }
    // Somebody waits for the lists; for what the action says of the earlier ones, nobody does.
    if (!request.asked && request.item != null) {
      label(request);
    }
    if (!answers.isEmpty()) { // or an empty map would stay for every user
      served.putAll(answers);
      answers.clear();
    }
  }

  /**
   * What the user did next tells how good the last lists were; late, it is no answer to them. If it
   * is known which list led to it, it says nothing of the others: the user didn't look at them.
   */
  private void label(RankRequest request) throws Exception {
    labelled.clear();
    boolean attributed = isAttributed(request);
    for (Map.Entry<String, byte[]> entry : served.entries()) {
      ServedList list = lists.unpack(entry.getValue());
      if (request.time >= list.time
          && (!attributed || list.recommendationId.equals(request.recommendationId))) {
        labelled.add(entry.getKey());
        Judgement judgement = Judgement.of(list, request, replica.size());
        metrics.judged(judgement);
        output.collect(JUDGEMENTS, new StreamRecord<>(judgement, request.time));
        if (settings.training() && list.items.length > 0) {
          output.collect(
              EXAMPLES,
              new StreamRecord<>(
                  TrainingExamples.label(list, request, featureNames), request.time));
        }
      }
    }
    for (String placement : labelled) {
      served.remove(placement);
    }
  }

  /** Of a list that is no longer remembered, the action is the next after those that are. */
  private boolean isAttributed(RankRequest request) throws Exception {
    if (request.recommendationId == null) {
      return false;
    }
    for (byte[] list : served.values()) {
      if (lists.recommendationId(list).equals(request.recommendationId)) {
        return true;
      }
    }
    return false;
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
        recommendation(id, request, placementName, scoring, models.variant());
    output.collect(new StreamRecord<>(recommendation, request.time));
    counters.recommendation();
    metrics.emitted(request.time, recommendation.getEmissionTime().toEpochMilli());
    if (settings.explanations()) {
      output.collect(EXPLANATIONS, new StreamRecord<>(explanation(recommendation), request.time));
    }
    remember(id, placementName, scoring);
    for (Scoring shadow : models.shadows()) {
      ranker.score(shadow);
      output.collect(
          SHADOWS,
          new StreamRecord<>(
              recommendation(id, request, placementName, shadow, SHADOW_VARIANT), request.time));
    }
  }

  private void remember(String id, String placement, Scoring scoring) throws Exception {
    // An empty list is a miss to come, and teaches nothing.
    boolean teaches = settings.training() && ranker.listed() > 0;
    ServedList list = ranker.remember(id, scoring, models.variant(), teaches);
    answers.put(placement, lists.pack(list));
  }

  private Recommendation recommendation(
      String id, RankRequest request, String placement, Scoring scoring, String variant) {
    Recommendation recommendation = new Recommendation();
    recommendation.setRecommendationId(id);
    recommendation.setEventId(request.eventId);
    recommendation.setUser(request.user);
    recommendation.setPlacement(placement);
    recommendation.setEventTime(Instant.ofEpochMilli(request.time));
    recommendation.setModel(scoring.model());
    recommendation.setModelVersion(scoring.version());
    recommendation.setVariant(variant);
    recommendation.setItems(ranker.list());
    recommendation.setLate(request.late);
    recommendation.setEmissionTime(clock.instant());
    return recommendation;
  }

  private Explanation explanation(Recommendation recommendation) {
    Explanation explanation = new Explanation();
    explanation.setRecommendationId(recommendation.getRecommendationId());
    explanation.setEventId(recommendation.getEventId());
    explanation.setUser(recommendation.getUser());
    explanation.setPlacement(recommendation.getPlacement());
    explanation.setEventTime(recommendation.getEventTime());
    explanation.setModel(recommendation.getModel());
    explanation.setModelVersion(recommendation.getModelVersion());
    explanation.setVariant(recommendation.getVariant());
    ranker.explain(explanation);
    return explanation;
  }
}
