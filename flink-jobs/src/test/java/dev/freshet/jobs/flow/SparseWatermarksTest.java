package dev.freshet.jobs.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SparseWatermarksTest {

  @Test
  void passesOnAllElementsAndTheFirstWatermarkOfEachStep() throws Exception {
    try (OneInputStreamOperatorTestHarness<String, String> harness =
        new OneInputStreamOperatorTestHarness<>(new SparseWatermarks<>(Duration.ofMillis(10)))) {
      harness.open();
      for (long time : new long[] {-11, -10, -1, 3, 9, 10, 11, 35, 39, 40}) {
        harness.processWatermark(new Watermark(time));
        harness.processElement(new StreamRecord<>("at " + time, time));
      }
      harness.processWatermark(Watermark.MAX_WATERMARK);

      assertThat(
              harness.getOutput().stream()
                  .filter(Watermark.class::isInstance)
                  .map(mark -> ((Watermark) mark).getTimestamp()))
          .containsExactly(-11L, -10L, 3L, 10L, 35L, 40L, Long.MAX_VALUE);
      assertThat(harness.extractOutputValues()).hasSize(10);
    }
  }
}
