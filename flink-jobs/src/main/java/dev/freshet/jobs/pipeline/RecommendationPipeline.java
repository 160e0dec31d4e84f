package dev.freshet.jobs.pipeline;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.jobs.evaluate.EvaluationSettings;
import dev.freshet.jobs.evaluate.EvaluationWindows;
import dev.freshet.jobs.event.EntityEvent;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.event.RankUpdate;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.features.EntityEvents;
import dev.freshet.jobs.features.EntityFeatures;
import dev.freshet.jobs.features.StoreCacheSettings;
import dev.freshet.jobs.features.StoreLookup;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.SparseWatermarks;
import dev.freshet.jobs.input.Input;
import dev.freshet.jobs.input.SplitDeadLetters;
import dev.freshet.jobs.item.ItemHistory;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.jobs.learn.StableHash;
import dev.freshet.jobs.model.ModelCheck;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.jobs.user.UserHistory;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.replica.ReplicaSettings;
import dev.freshet.ranking.serving.RankerSettings;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import dev.freshet.yaml.Nullable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole pipeline, top to bottom. Sources and sinks are passed in, so that live runs, replays
 * and tests use the same one.
 *
 * <pre>
 * recommendation-requests ─ decode ─┐
 * user-actions ─ decode ────────────┴─► user history ─ requests ──────────► rank ─► recommendations
 *                 │            └─ item events ─► item features ─ broadcast ┘ └─► training-examples
 *                 │                                │   │                     └─► evaluation
 * item-updates ─ decode ───────────────────────────┘   │
 *                 └► dead-letters                      └─► entities ─► features ─► feature store
 * models ─ decode ─ check
 * </pre>
 */
public final class RecommendationPipeline {

  /**
   * Maximum number of a subtask's elements that wait for the store; beyond it, backpressure reaches
   * the upstream operators.
   */
  private static final int LOOKUPS_IN_FLIGHT = 1_000;

  /**
   * Delay with which features reach the store. Updates that are due together are written together.
   */
  private static final Duration STORE_STEP = Duration.ofMillis(10);

  /** Maximum delay with which the end of an evaluation window is reported. */
  private static final Duration EVALUATION_STEP = Duration.ofMillis(200);

  /** Step of the dead letters' watermarks. Dead letters are not in the order of event time. */
  private static final Duration DEAD_LETTER_STEP = Duration.ofMillis(200);

  /** The inputs of the pipeline. */
  public record Inputs(
      Input<FeatureEvent> userActions,
      Input<ItemEvent> itemUpdates,
      Input<ListRequest> recommendationRequests,
      Input<ReceivedModel> models) {}

  /**
   * The sinks of the pipeline.
   *
   * @param trainingExamples null: they are not written
   */
  public record Outputs(
      Sink<Recommendation> recommendations,
      Sink<Recommendation> shadows,
      Sink<Explanation> explanations,
      Sink<Evaluation> evaluation,
      Sink<FeatureUpdate> features,
      @Nullable Sink<TrainingExample> trainingExamples,
      Sink<DeadLetter> deadLetters) {}

  /** The streams that learning in the same job reads. */
  public record Learnable(
      DataStream<TrainingExample> examples, SingleOutputStreamOperator<ReceivedModel> models) {}

  /**
   * Settings of the pipeline.
   *
   * @param catalog the features that are kept in the store
   * @param storeReads the features that ranking reads from the store
   * @param shareOfExamples share of the lists, by a hash of their ids, whose examples are written
   * @param model the ONNX file that scores where no plan names another model; already checked
   */
  public record Settings(
      EventOrder eventOrder,
      FeatureCatalog catalog,
      StoreReads storeReads,
      UserSettings user,
      ItemSettings item,
      ReplicaSettings replica,
      RankerSettings ranker,
      EvaluationSettings evaluation,
      double shareOfExamples,
      byte[] model) {}

  /**
   * The features that ranking reads from the store because another system computes them.
   *
   * @param features if there are none, the store is not read
   */
  public record StoreReads(
      StoreFeatures features, FeatureStoreSettings store, StoreCacheSettings cache) {}

  private RecommendationPipeline() {}

  /** Adds the pipeline to an environment. */
  public static Learnable build(
      StreamExecutionEnvironment env, Inputs inputs, Outputs outputs, Settings settings) {

    SingleOutputStreamOperator<FeatureEvent> actions =
        inputs.userActions().read(env, "user-actions", FeatureEvent.class);
    SingleOutputStreamOperator<ItemEvent> itemUpdates =
        inputs.itemUpdates().read(env, "item-updates", ItemEvent.class);
    SingleOutputStreamOperator<ListRequest> listRequests =
        inputs.recommendationRequests().read(env, "recommendation-requests", ListRequest.class);

    SingleOutputStreamOperator<ReceivedModel> receivedModels =
        inputs.models().read(env, "models", ReceivedModel.class);
    SingleOutputStreamOperator<ModelRecord> models =
        receivedModels
            .process(
                new ModelCheck(
                    new ModelRules(RankingFeatures.names(settings.storeReads().features()))))
            .name("check models")
            .uid("models-check")
            .setParallelism(inputs.models().parallelism());

    SingleOutputStreamOperator<RankRequest> requests =
        userEvents(actions, UserEvent::of, "user-actions")
            .union(userEvents(listRequests, UserEvent::of, "recommendation-requests"))
            .keyBy(UserEvent::user)
            .process(new UserHistory(settings.user(), settings.eventOrder()))
            .name("user history")
            .uid("user-history");

    SingleOutputStreamOperator<ItemChange> itemChanges =
        requests
            .getSideOutput(UserHistory.ITEM_EVENTS)
            .union(itemUpdates)
            .keyBy(ItemEvent::item)
            .process(
                new ItemHistory(
                    settings.item(),
                    settings.catalog().attributes(),
                    settings.replica().attributes(),
                    settings.eventOrder()))
            .name("item features")
            .uid("item-features");

    SingleOutputStreamOperator<Recommendation> recommendations =
        withStoredFeatures(requests, settings)
            .keyBy(request -> request.user)
            .connect(
                withStoredFeaturesOfItems(itemChanges, settings)
                    .map(RankUpdate::of)
                    .returns(RankUpdate.class)
                    .name("item changes")
                    .uid("item-changes")
                    .union(modelUpdates(models))
                    .broadcast())
            .transform(
                RankOperator.NAME,
                TypeInformation.of(Recommendation.class),
                new RankOperator(
                    settings.model(), settings.replica(), settings.ranker(), settings.eventOrder()))
            .uid("rank");

    SingleOutputStreamOperator<FeatureUpdate> features =
        entities(itemChanges.getSideOutput(ItemHistory.FEATURE_EVENTS), "item-entities", settings)
            .union(
                entities(
                    requests.getSideOutput(UserHistory.FEATURE_EVENTS), "user-entities", settings))
            .keyBy(EntityEvent::key)
            .process(new EntityFeatures(settings.catalog(), settings.eventOrder()))
            .name("features")
            .uid("features");

    recommendations
        .sinkTo(outputs.recommendations())
        .name("recommendations")
        .uid("recommendations-sink");
    features.sinkTo(outputs.features()).name("features to store").uid("features-sink");
    deadLetters(actions, "user-actions")
        .union(
            deadLetters(itemUpdates, "item-updates"),
            deadLetters(listRequests, "recommendation-requests"),
            deadLetters(receivedModels, "models"),
            deadLetters(models, "checked-models"))
        .sinkTo(outputs.deadLetters())
        .name("dead-letters")
        .uid("dead-letters-sink");
    if (settings.ranker().explanations()) {
      recommendations
          .getSideOutput(RankOperator.EXPLANATIONS)
          .sinkTo(outputs.explanations())
          .name("explanations")
          .uid("explanations-sink");
    }
    sparse(
            recommendations.getSideOutput(RankOperator.JUDGEMENTS),
            EVALUATION_STEP,
            "judgements",
            recommendations.getParallelism())
        .keyBy(judgement -> judgement.placement)
        .process(new EvaluationWindows(settings.evaluation()))
        .returns(Evaluation.class)
        .name("evaluation windows")
        .uid("evaluation-windows")
        .setParallelism(1)
        .sinkTo(outputs.evaluation())
        .name("evaluation")
        .uid("evaluation-sink")
        .setParallelism(1);
    recommendations
        .getSideOutput(RankOperator.SHADOWS)
        .sinkTo(outputs.shadows())
        .name("shadow-recommendations")
        .uid("shadow-recommendations-sink");
    DataStream<TrainingExample> examples = recommendations.getSideOutput(RankOperator.EXAMPLES);
    if (outputs.trainingExamples() != null) {
      double share = settings.shareOfExamples();
      examples
          .filter(example -> StableHash.share(StableHash.of(example.getRecommendationId())) < share)
          .name("share of examples")
          .uid("share-of-examples")
          .sinkTo(outputs.trainingExamples())
          .name("training-examples")
          .uid("training-examples-sink");
    }
    return new Learnable(examples, receivedModels);
  }

  /** Maps events to the entities that they concern, for the features that are kept in the store. */
  private static DataStream<EntityEvent> entities(
      DataStream<FeatureEvent> events, String name, Settings settings) {
    SingleOutputStreamOperator<EntityEvent> entities =
        events.flatMap(new EntityEvents(settings.catalog())).name(name.replace('-', ' ')).uid(name);
    return sparse(entities, STORE_STEP, name, entities.getParallelism());
  }

  private static DataStream<DeadLetter> deadLetters(
      SingleOutputStreamOperator<?> stream, String name) {
    return sparse(
        stream.getSideOutput(SplitDeadLetters.DEAD_LETTERS),
        DEAD_LETTER_STEP,
        "dead-letters-of-" + name,
        stream.getParallelism());
  }

  /**
   * Passes on watermarks and elements in batches, once per step: no task downstream needs them
   * sooner.
   */
  private static <T> DataStream<T> sparse(
      DataStream<T> stream, Duration step, String name, int parallelism) {
    return stream
        .transform(
            "watermarks of " + name.replace('-', ' '),
            stream.getType(),
            new SparseWatermarks<>(step))
        .uid(name + "-watermarks")
        .setParallelism(parallelism)
        .setBufferTimeout(step.toMillis());
  }

  private static DataStream<RankUpdate> modelUpdates(
      SingleOutputStreamOperator<ModelRecord> models) {
    return models
        .map(RankUpdate::of)
        .returns(RankUpdate.class)
        .name("models")
        .uid("model-updates")
        .setParallelism(models.getParallelism());
  }

  private static DataStream<RankRequest> withStoredFeatures(
      DataStream<RankRequest> requests, Settings settings) {
    List<String> features = settings.storeReads().features().userFeatures();
    return lookedUp(
        requests,
        settings,
        Entity.USER,
        features,
        request -> request.user,
        (request, numbers) -> request.stored = numbers);
  }

  private static DataStream<ItemChange> withStoredFeaturesOfItems(
      DataStream<ItemChange> changes, Settings settings) {
    List<String> features = settings.storeReads().features().itemFeatures();
    return lookedUp(
        changes,
        settings,
        Entity.ITEM,
        features,
        change -> change.item,
        (change, numbers) -> change.stored = numbers);
  }

  /** Keeps the order of elements and watermarks, however long the store takes for one. */
  private static <T> DataStream<T> lookedUp(
      DataStream<T> elements,
      Settings settings,
      Entity entity,
      List<String> features,
      StoreLookup.Id<T> id,
      StoreLookup.Taker<T> taker) {
    if (features.isEmpty()) {
      return elements;
    }
    StoreReads reads = settings.storeReads();
    return AsyncDataStream.orderedWait(
            elements,
            new StoreLookup<>(
                reads.store(), settings.catalog(), reads.cache(), entity, features, id, taker),
            reads.cache().timeout().toMillis(),
            TimeUnit.MILLISECONDS,
            LOOKUPS_IN_FLIGHT)
        .returns(elements.getType())
        .name(entity + " features from store")
        .uid(entity + "-store-lookup");
  }

  /** Maps actions or requests to one kind of event, so that they can be put into one order. */
  private static <T> DataStream<UserEvent> userEvents(
      SingleOutputStreamOperator<T> decoded, MapFunction<T, UserEvent> map, String topic) {
    return decoded
        .map(map)
        .returns(UserEvent.class)
        .name(topic + " by user")
        .uid(topic + "-by-user")
        .setParallelism(decoded.getParallelism());
  }
}
