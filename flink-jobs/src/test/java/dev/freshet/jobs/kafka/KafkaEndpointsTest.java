package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.FreshetConfig;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.junit.jupiter.api.Test;

class KafkaEndpointsTest {

  private static KafkaEndpoints endpoints(String delivery) {
    // Sinks look at no topic.
    return new KafkaEndpoints(FreshetConfig.of(Map.of("sink.delivery", delivery)), null, List.of());
  }

  @Test
  void onlyWhatIsDeliveredExactlyOnceIsCommitted() {
    for (Sink<?> sink : sinks(endpoints("exactly-once"))) {
      assertThat(sink).isInstanceOf(SupportsCommitter.class);
    }
    for (Sink<?> sink : sinks(endpoints("at-least-once"))) {
      assertThat(sink)
          .isNotInstanceOf(SupportsCommitter.class)
          .isNotInstanceOf(SupportsWriterState.class);
    }
  }

  private static List<Sink<?>> sinks(KafkaEndpoints kafka) {
    return List.of(
        kafka.recommendations(),
        kafka.shadowRecommendations(),
        kafka.explanations(),
        kafka.evaluation(),
        kafka.trainingExamples(),
        kafka.deadLetters());
  }
}
