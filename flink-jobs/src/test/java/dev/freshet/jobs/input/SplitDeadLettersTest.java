package dev.freshet.jobs.input;

import static dev.freshet.jobs.TestEvents.BY_FIELDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestEvents;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close may throw anything
class SplitDeadLettersTest {

  private static Decoded<FeatureEvent> bad(RejectReason reason) {
    return Decoded.bad(
        new DeadLetter(
            reason.name(),
            "error",
            "user-actions",
            3,
            17L,
            Instant.ofEpochMilli(5),
            null,
            ByteBuffer.wrap(new byte[] {1})));
  }

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @Test
  void goodRecordsGoOnAndDeadLettersAsideInTheirOrder() throws Exception {
    try (OneInputStreamOperatorTestHarness<Decoded<FeatureEvent>, FeatureEvent> split =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new SplitDeadLetters<>()))) {
      split.open();
      FeatureEvent first = TestEvents.action("e1", "u", "a", 1);
      FeatureEvent second = TestEvents.action("e2", "u", "a", 2);
      split.processElement(Decoded.good(first), 1);
      for (RejectReason reason : RejectReason.values()) {
        split.processElement(bad(reason), 1);
      }
      split.processElement(Decoded.good(second), 2);

      assertThat(split.extractOutputValues())
          .usingRecursiveFieldByFieldElementComparator(BY_FIELDS)
          .containsExactly(first, second);
      assertThat(split.getSideOutput(SplitDeadLetters.DEAD_LETTERS))
          .extracting(element -> element.getValue().getReason())
          .containsExactly(
              "NO_VALUE",
              "NOT_AVRO",
              "EMPTY_ID",
              "ID_TOO_LONG",
              "TIME_TOO_EARLY",
              "TIME_IN_FUTURE",
              "UNKNOWN_PLACEMENT",
              "TOO_MANY_CANDIDATES",
              "MALFORMED_EXAMPLE",
              "MODEL_REFUSED",
              "PLAN_REFUSED");
    }
  }
}
