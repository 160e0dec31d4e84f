package dev.freshet.bench;

import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.kafka.KafkaEndpoints;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * What Kafka and Flink take by themselves: the product's source, decoding and sink, and between
 * them a count for each user. Answers are as large as the product's and say nothing.
 */
final class FloorJob {

  private FloorJob() {}

  static void define(StreamExecutionEnvironment env, FreshetConfig config)
      throws InterruptedException {
    KafkaEndpoints kafka = new KafkaEndpoints(config, KafkaTopics.check(config), Set.of());
    env.setParallelism(config.job().parallelism());
    kafka
        .inputs()
        .userActions()
        .read(env, "user-actions", FeatureEvent.class)
        .keyBy(action -> action.user)
        .process(new Count())
        .name("count")
        .uid("count")
        .sinkTo(kafka.recommendations())
        .name("recommendations")
        .uid("recommendations-sink");
  }

  private static final class Count
      extends KeyedProcessFunction<String, FeatureEvent, Recommendation> {
    private static final long serialVersionUID = 1;
    private static final int LIST_SIZE = 20;

    private transient ValueState<Long> counts;
    private transient List<RankedItem> items;

    @Override
    public void open(OpenContext context) {
      counts =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("count", TypeInformation.of(Long.class)));
      items = new ArrayList<>();
      for (int place = 0; place < LIST_SIZE; place++) {
        items.add(new RankedItem("i" + (1_000 + place), 1f / (place + 1), "transitions"));
      }
    }

    @Override
    public void processElement(FeatureEvent action, Context context, Collector<Recommendation> out)
        throws Exception {
      Long before = counts.value();
      long count = before == null ? 1 : before + 1;
      counts.update(count);
      out.collect(
          Recommendation.newBuilder()
              .setRecommendationId(action.eventId + "-floor")
              .setEventId(action.eventId)
              .setUser(action.user)
              .setPlacement("home")
              .setEventTime(Instant.ofEpochMilli(action.time))
              .setModel("none")
              .setModelVersion(Long.toString(count))
              .setItems(items)
              .setEmissionTime(Instant.ofEpochMilli(System.currentTimeMillis()))
              .build());
    }
  }
}
