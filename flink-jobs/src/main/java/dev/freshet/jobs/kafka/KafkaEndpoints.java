package dev.freshet.jobs.kafka;

import dev.freshet.config.Delivery;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TimeMode;
import dev.freshet.config.TimeSource;
import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.input.Decoded;
import dev.freshet.jobs.input.EventWatermarks;
import dev.freshet.jobs.input.EventWatermarks.Clocked;
import dev.freshet.jobs.input.Input;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Inputs;
import dev.freshet.jobs.pipeline.TrainingPipeline;
import dev.freshet.protocol.event.EventDecoder;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ItemUpdateDecoder;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.protocol.event.RecommendationRequestDecoder;
import dev.freshet.protocol.event.TrainingExampleDecoder;
import dev.freshet.protocol.event.TrainingRoundDecoder;
import dev.freshet.protocol.event.UserActionDecoder;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import dev.freshet.yaml.Nullable;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** The pipeline's Kafka sources and sinks, as configured. */
public final class KafkaEndpoints {

  private final FreshetConfig config;
  private final KafkaTopics topics;
  private final Collection<String> contextEntries;
  private final boolean live;

  /**
   * @param contextEntries the entries of the actions' context that are decoded
   */
  public KafkaEndpoints(
      FreshetConfig config, KafkaTopics topics, Collection<String> contextEntries) {
    this.config = config;
    this.topics = topics;
    this.contextEntries = contextEntries;
    this.live = config.time().mode() == TimeMode.LIVE;
  }

  /**
   * Returns the pipeline's inputs. Live sources are unbounded and continue from the committed
   * offsets, or from the beginning if there are none. In a replay, sources read each topic from its
   * beginning to its end as of the start.
   */
  public Inputs inputs() {
    return inputs(this::watermarks, models());
  }

  /**
   * Returns the inputs of a replay that learns. The topic of models ends when the last round is
   * over. No topic is read far ahead of the time up to which it is settled which models serve.
   */
  public Inputs inputs(LearningReplay learning) {
    WatermarkStrategy<Decoded<ReceivedModel>> settled =
        EventWatermarks.settled(LearningReplay::settledUntil, learning.settledUntil());
    return inputs(
        new Watermarks() {
          @Override
          public <T> WatermarkStrategy<Decoded<T>> of(EventWatermarks.EventTime<T> time) {
            return learning.aligned(watermarks(time));
          }
        },
        new Input<>(
            new EndingKafkaSource<>(
                this.<ReceivedModel>builder(config.topics().models())
                    .setStartingOffsets(OffsetsInitializer.earliest()),
                modelDeserializer(),
                LearningReplay::isLastPlan),
            learning.aligned(settled),
            1));
  }

  /** Creates a topic's watermark strategy, given how to take the event time from a record. */
  private interface Watermarks {
    <T> WatermarkStrategy<Decoded<T>> of(EventWatermarks.EventTime<T> time);
  }

  private Inputs inputs(Watermarks watermarks, Input<ReceivedModel> models) {
    EventRules rules = EventRules.of(config.events());
    TimeSource timeSource = config.time().source();
    Clocked clocked = clocked();
    return new Inputs(
        new Input<>(
            source(
                config.topics().userActions(),
                new UserActionDecoder(rules, timeSource, contextEntries)),
            watermarks.of((FeatureEvent action) -> action.time),
            clocked,
            sourceParallelism(config.topics().userActions())),
        new Input<>(
            source(config.topics().itemUpdates(), new ItemUpdateDecoder(rules, timeSource)),
            watermarks.of(ItemEvent::time),
            clocked,
            sourceParallelism(config.topics().itemUpdates())),
        new Input<>(
            source(
                config.topics().recommendationRequests(),
                new RecommendationRequestDecoder(
                    rules, timeSource, config.ranking().placements().keySet())),
            watermarks.of((ListRequest request) -> request.time),
            clocked,
            sourceParallelism(config.topics().recommendationRequests())),
        models);
  }

  /**
   * Returns the input of models. It is read from the beginning unless a checkpoint has other
   * offsets. What a former run has committed does not mean that this one knows the models. In a
   * replay all models are known before ranking begins.
   */
  private Input<ReceivedModel> models() {
    KafkaSourceBuilder<Decoded<ReceivedModel>> source = modelsFromTheBeginning();
    EventWatermarks.EventTime<ReceivedModel> time = received -> received.time;
    return new Input<>(
        live ? source.build() : bounded(source),
        live ? EventWatermarks.liveAtFirst(time, clockOfSources()) : EventWatermarks.atEnd(time),
        1);
  }

  private KafkaSourceBuilder<Decoded<ReceivedModel>> modelsFromTheBeginning() {
    return builder(config.topics().models(), modelDeserializer())
        .setStartingOffsets(OffsetsInitializer.earliest());
  }

  private ModelRecordDeserializer modelDeserializer() {
    return new ModelRecordDeserializer(config.topics().deadLetters(), topics.maxDeadLetterBytes());
  }

  /**
   * Returns the inputs of learning, which are all unbounded. In a replay, watermarks follow the
   * examples alone, and the job is ended when it has come far enough.
   *
   * @param rounds where the topic of rounds ended before this run could write to it; earlier
   *     records are of former runs
   */
  public TrainingPipeline.Inputs trainingInputs(Map<TopicPartition, Long> rounds) {
    EventRules rules = EventRules.of(config.events());
    String examples = config.topics().trainingExamples();
    KafkaSourceBuilder<Decoded<TrainingExample>> source =
        builder(examples, new EventDeserializer<>(new TrainingExampleDecoder(rules)))
            .setStartingOffsets(
                live
                    ? OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST)
                    : OffsetsInitializer.earliest());
    Duration maxDelay = config.learning().maxDelay();
    EventWatermarks.EventTime<TrainingExample> time =
        example -> example.getLabelTime().toEpochMilli();
    return new TrainingPipeline.Inputs(
        new Input<>(
            source.build(),
            live
                ? EventWatermarks.live(
                    time, new Clocked(maxDelay.toMillis(), TrainingPipeline.WATERMARK_INTERVAL))
                : EventWatermarks.replay(time, maxDelay.toMillis()),
            sourceParallelism(examples)),
        rounds(
            builder(
                    config.topics().trainingRounds(),
                    new EventDeserializer<>(new TrainingRoundDecoder(rules)))
                .setStartingOffsets(OffsetsInitializer.offsets(rounds))
                .build()),
        new Input<>(
            modelsFromTheBeginning().build(),
            EventWatermarks.unheeded((ReceivedModel received) -> received.time),
            1));
  }

  /** Returns the rounds of a replay, up to the last. */
  public Input<TrainingRound> trainingRounds(LearningReplay learning) {
    return rounds(
        new EndingKafkaSource<>(
            this.<TrainingRound>builder(config.topics().trainingRounds())
                .setStartingOffsets(OffsetsInitializer.offsets(learning.former().roundsEnd())),
            new EventDeserializer<>(new TrainingRoundDecoder(EventRules.of(config.events()))),
            learning.lastRound()));
  }

  private static Input<TrainingRound> rounds(Source<Decoded<TrainingRound>, ?, ?> source) {
    return new Input<>(
        source,
        EventWatermarks.unheeded((TrainingRound round) -> round.getEndTime().toEpochMilli()),
        1);
  }

  /**
   * Returns the sinks of learning. What they write is read back at once, so they never use
   * transactions.
   */
  public TrainingPipeline.Outputs trainingOutputs() {
    return new TrainingPipeline.Outputs(
        sink(
            config.topics().trainingRounds(),
            TrainingRound.class,
            round -> round.getModel() + "/" + round.getRound(),
            DeliveryGuarantee.AT_LEAST_ONCE,
            KafkaProperties.producer(config)),
        sink(
            config.topics().models(),
            ModelRecord.class,
            ModelKeys::of,
            DeliveryGuarantee.AT_LEAST_ONCE,
            KafkaProperties.producer(config)),
        // Transactions would conflict with those of the other job.
        sink(
            config.topics().deadLetters(),
            DeadLetter.class,
            letter -> null,
            DeliveryGuarantee.AT_LEAST_ONCE,
            KafkaProperties.producer(config)));
  }

  public Sink<Recommendation> recommendations() {
    return sink(
        config.topics().recommendations(),
        Recommendation.class,
        Recommendation::getUser,
        guarantee(),
        KafkaProperties.producer(config));
  }

  public Sink<Recommendation> shadowRecommendations() {
    return sink(
        config.topics().shadowRecommendations(), Recommendation.class, Recommendation::getUser);
  }

  public Sink<Explanation> explanations() {
    return sink(config.topics().explanations(), Explanation.class, Explanation::getUser);
  }

  public Sink<Evaluation> evaluation() {
    return sink(config.topics().evaluation(), Evaluation.class, Evaluation::getPlacement);
  }

  public Sink<TrainingExample> trainingExamples() {
    return sink(
        config.topics().trainingExamples(), TrainingExample.class, TrainingExample::getUser);
  }

  public Sink<DeadLetter> deadLetters() {
    return sink(config.topics().deadLetters(), DeadLetter.class, letter -> null);
  }

  private <A extends SpecificRecordBase, T> Source<Decoded<T>, ?, ?> source(
      String topic, EventDecoder<A, T> decoder) {
    KafkaSourceBuilder<Decoded<T>> source = builder(topic, new EventDeserializer<>(decoder));
    if (live) {
      return source
          .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
          .build();
    }
    return bounded(source.setStartingOffsets(OffsetsInitializer.earliest()));
  }

  private <T> KafkaSourceBuilder<Decoded<T>> builder(
      String topic, KafkaRecordDeserializationSchema<Decoded<T>> deserializer) {
    return this.<T>builder(topic).setDeserializer(deserializer);
  }

  private <T> KafkaSourceBuilder<Decoded<T>> builder(String topic) {
    return KafkaSource.<Decoded<T>>builder()
        .setTopics(topic)
        .setGroupId(config.kafka().groupId())
        .setProperties(KafkaProperties.consumer(config));
  }

  private static <T> BoundedKafkaSource<T> bounded(KafkaSourceBuilder<T> source) {
    return new BoundedKafkaSource<>(source.setBounded(OffsetsInitializer.latest()).build());
  }

  private <T> EventWatermarks<T> watermarks(EventWatermarks.EventTime<T> eventTime) {
    Duration maxDelay = config.watermark().maxDelay();
    return live
        ? EventWatermarks.live(eventTime, clockOfSources())
        : EventWatermarks.replay(eventTime, maxDelay.toMillis());
  }

  private Clocked clockOfSources() {
    return new Clocked(
        config.watermark().maxDelay().toMillis(), config.watermark().sourceInterval());
  }

  /** Returns null where the sources themselves emit watermarks as often as configured. */
  private @Nullable Clocked clocked() {
    Duration interval = config.watermark().everyInterval();
    return live && interval.compareTo(config.watermark().sourceInterval()) < 0
        ? new Clocked(config.watermark().maxDelay().toMillis(), interval)
        : null;
  }

  /**
   * Returns at most the number of partitions. A source subtask without a partition would hold back
   * the watermark of the whole job.
   */
  private int sourceParallelism(String topic) {
    return Math.min(config.job().parallelism(), topics.partitions(topic));
  }

  /** Creates a sink for records that no client waits for: many of them are sent together. */
  private <A extends SpecificRecordBase> Sink<A> sink(
      String topic, Class<A> type, AvroRecordSerializer.Key<A> key) {
    return sink(topic, type, key, guarantee(), KafkaProperties.unhurriedProducer(config));
  }

  private DeliveryGuarantee guarantee() {
    return config.sink().delivery() == Delivery.EXACTLY_ONCE
        ? DeliveryGuarantee.EXACTLY_ONCE
        : DeliveryGuarantee.AT_LEAST_ONCE;
  }

  private <A extends SpecificRecordBase> Sink<A> sink(
      String topic,
      Class<A> type,
      AvroRecordSerializer.Key<A> key,
      DeliveryGuarantee guarantee,
      Properties properties) {
    KafkaSink<A> sink =
        KafkaSink.<A>builder()
            .setBootstrapServers(config.kafka().bootstrapServers())
            .setKafkaProducerConfig(properties)
            .setRecordSerializer(new AvroRecordSerializer<>(topic, type, key))
            .setDeliveryGuarantee(guarantee)
            .setTransactionalIdPrefix(config.job().name() + "-" + topic)
            .build();
    return guarantee == DeliveryGuarantee.EXACTLY_ONCE ? sink : new AtLeastOnceSink<>(sink);
  }
}
