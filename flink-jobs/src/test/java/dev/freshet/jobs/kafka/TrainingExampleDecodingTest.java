package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.protocol.event.TrainingExampleDecoder;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingExampleDecodingTest {

  private static TrainingExample.Builder example(float label, float propensity) {
    TrustedSchemas.register();
    return TrainingExample.newBuilder()
        .setRecommendationId("r1".repeat(30))
        .setUser("u1")
        .setPlacement("home")
        .setServedTime(Records.TIME.minusSeconds(5))
        .setLabelTime(Records.TIME)
        .setModelVersion("7")
        .setFeatureNames(List.of("a", "b"))
        .setFeatures(ByteBuffer.allocate(8))
        .setCandidates(List.of(new ExampleCandidate("i1", "popular", 0.5f, 1, propensity, label)))
        .setLabelItem("i1")
        .setLabelAction("view");
  }

  private static Decoded<TrainingExample> decode(TrainingExample.Builder example) {
    EventDeserializer<TrainingExample, TrainingExample> deserializer =
        new EventDeserializer<>(new TrainingExampleDecoder(Records.RULES));
    deserializer.open(null);
    ConsumerRecord<byte[], byte[]> record = Records.record(Records.bytes(example.build()));
    return Records.decode(deserializer, record);
  }

  private static void assertRejected(
      TrainingExample.Builder example, RejectReason reason, String message) {
    Decoded<TrainingExample> decoded = decode(example);
    assertThat(decoded.value).isNull();
    assertThat(decoded.deadLetter.getReason()).isEqualTo(reason.name());
    assertThat(decoded.deadLetter.getError()).contains(message);
  }

  @Test
  void aGoodExampleIsTakenAsItIs() {
    assertThat(decode(example(1, 0.25f)).value).isEqualTo(example(1, 0.25f).build());
  }

  @Test
  void everyRowHasItsFeatures() {
    for (int bytes : new int[] {0, 4, 7, 9, 16}) {
      assertRejected(
          example(1, 1).setFeatures(ByteBuffer.allocate(bytes)),
          RejectReason.MALFORMED_EXAMPLE,
          "1 candidates with 2 features each need 8 bytes of features, at least some, and there are "
              + bytes);
    }
    assertRejected(
        example(1, 1).setCandidates(List.of()).setFeatures(ByteBuffer.allocate(0)),
        RejectReason.MALFORMED_EXAMPLE,
        "0 candidates");
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
  void labelsAreFromZero(float label) {
    assertRejected(example(label, 1), RejectReason.MALFORMED_EXAMPLE, "label " + label);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, 1.01f, Float.NaN, Float.MIN_VALUE})
  void propensitiesAreShares(float propensity) {
    assertRejected(
        example(1, propensity), RejectReason.MALFORMED_EXAMPLE, "propensity " + propensity);
  }

  @Test
  void idsAndTimeAreChecked() {
    assertRejected(example(1, 1).setUser(""), RejectReason.EMPTY_ID, "'user'");
    assertRejected(
        example(1, 1).setRecommendationId(""), RejectReason.EMPTY_ID, "'recommendation_id'");
    assertRejected(example(1, 1).setLabelTime(Instant.EPOCH), RejectReason.TIME_TOO_EARLY, "1970");
  }
}
