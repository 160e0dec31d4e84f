package dev.freshet.jobs.rank;

import dev.freshet.jobs.EventOrder;
import dev.freshet.jobs.JobCounters;
import dev.freshet.jobs.event.ItemChange;
import dev.freshet.jobs.event.RankRequest;
import dev.freshet.jobs.event.ServedList;
import dev.freshet.jobs.features.StoreFeatures;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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
    implements TwoInputStreamOperator<RankRequest, ItemChange, Recommendation>,
        Triggerable<String, VoidNamespace> {

  /** Name of the operator in the dashboard. */
  public static final String NAME = "rank";

  /** Metric: how far the watermark is behind the machine's clock, in milliseconds. */
  public static final String WATERMARK_LAG = "watermark_lag_ms";

  /** What was served and what the user did next. */
  public static final OutputTag<TrainingExample> EXAMPLES =
      new OutputTag<>("training-examples", TypeInformation.of(TrainingExample.class));

  private static final long serialVersionUID = 1;

  private final byte[] model;
  private final HalfLives halfLives;
  private final StoreFeatures storeFeatures;
  private final RankerSettings settings;
  private final boolean training;
  private final EventOrder eventOrder;

  private transient ModelBundle bundle;
  private transient OnnxScorer scorer;
  private transient ItemReplica replica;
  private transient Ranker ranker;
  private transient PriorityQueue<ItemChange> changes;
  private transient TypeSerializer<ItemChange> changeSerializer;
  private transient BroadcastState<Integer, byte[]> replicaState;
  private transient MapState<Long, List<RankRequest>> waiting;
  private transient ValueState<ServedList> served;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient JobCounters counters;
  private transient Clock clock;
  private transient List<String> featureNames;

  /**
   * @param model the ONNX file, checked already
   * @param storeFeatures what requests and changes carry from the store
   * @param training whether to remember what was served and to emit {@link #EXAMPLES}
   */
  public RankOperator(
      byte[] model,
      HalfLives halfLives,
      StoreFeatures storeFeatures,
      RankerSettings settings,
      boolean training,
      EventOrder eventOrder) {
    this.model = model.clone();
    this.halfLives = halfLives;
    this.storeFeatures = storeFeatures;
    this.settings = settings;
    this.training = training;
    this.eventOrder = eventOrder;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    replica = new ItemReplica(halfLives, storeFeatures);
    changes = new PriorityQueue<>(ItemChange.EVENT_ORDER);
    changeSerializer =
        TypeInformation.of(ItemChange.class)
            .createSerializer(getExecutionConfig().getSerializerConfig());
    replicaState =
        context
            .getOperatorStateStore()
            .getBroadcastState(
                new MapStateDescriptor<>(
                    "replica", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    if (context.isRestored()) {
      ReplicaSnapshot.restore(replicaState, replica, changes, changeSerializer);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    ReplicaSnapshot.store(replicaState, replica, changes, changeSerializer);
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
            .getState(new ValueStateDescriptor<>("served", TypeInformation.of(ServedList.class)));
    timers = getInternalTimerService("requests", VoidNamespaceSerializer.INSTANCE, this);
    counters = new JobCounters(getRuntimeContext());
    clock = Clock.systemUTC();
    getMetricGroup().gauge(WATERMARK_LAG, () -> clock.millis() - timers.currentWatermark());
    bundle = ModelBundle.of(model);
    scorer = new OnnxScorer(bundle);
    featureNames = RankingFeatures.names(storeFeatures);
    ranker = new Ranker(replica, scorer, bundle.featureNames(), settings);
  }

  @Override
  public void close() throws Exception {
    try {
      super.close();
    } finally {
      if (scorer != null) {
        scorer.close();
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
  public void processElement2(StreamRecord<ItemChange> element) {
    ItemChange change = element.getValue();
    if (eventOrder == EventOrder.ON_ARRIVAL || change.time <= timers.currentWatermark()) {
      replica.apply(change);
    } else {
      changes.add(change);
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
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("No processing time timer is ever registered");
  }

  /** Fires what is due, then catches up, so that changes don't pile up where no one asks. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    super.processWatermark(mark);
    applyBefore(mark.getTimestamp());
  }

  private void applyBefore(long time) {
    while (!changes.isEmpty() && changes.peek().time < time) {
      replica.apply(changes.poll());
    }
  }

  private void rank(RankRequest request) throws Exception {
    if (training) {
      emitExample(request);
    }
    for (String placement : request.placements) {
      rank(request, placement);
    }
  }

  private void rank(RankRequest request, String placement) throws Exception {
    String id = RecommendationIds.of(placement, request.user, request.eventId);
    Recommendation recommendation = new Recommendation();
    recommendation.setRecommendationId(id);
    recommendation.setEventId(request.eventId);
    recommendation.setUser(request.user);
    recommendation.setPlacement(placement);
    recommendation.setEventTime(Instant.ofEpochMilli(request.time));
    recommendation.setModelVersion(bundle.version());
    recommendation.setModel(bundle.name());
    recommendation.setVariant("");
    recommendation.setItems(ranker.rank(request));
    recommendation.setLate(request.late);
    recommendation.setEmissionTime(clock.instant());
    output.collect(new StreamRecord<>(recommendation, request.time));
    counters.recommendation();
    if (training) {
      ServedList list = ranker.remember(id, placement, bundle.version());
      if (list == null) {
        served.clear();
      } else {
        served.update(list);
      }
    }
  }

  /** A late action from before the list was made is no answer to it. */
  private void emitExample(RankRequest request) throws Exception {
    ServedList list = served.value();
    if (list != null && request.item != null && request.time >= list.time) {
      output.collect(
          EXAMPLES,
          new StreamRecord<>(TrainingExamples.label(list, request, featureNames), request.time));
    }
  }
}
