package dev.freshet.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.input.EventWatermarks.Clocked;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClockedWatermarksTest {

  private static final long DELAY = 5;
  private static final long BEGIN = 1_772_323_200_000L;

  private final SetClock clock = new SetClock(BEGIN);
  private final ClockedWatermarks<String> operator =
      // So rarely that no tick comes but those that the test gives.
      new ClockedWatermarks<>(new Clocked(DELAY, Duration.ofDays(365)), clock);
  private OneInputStreamOperatorTestHarness<String, String> harness;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(operator);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void sourceTells(long time) throws Exception {
    harness.processWatermark(new Watermark(time));
  }

  private void tickAt(long now) throws Exception {
    clock.now = now;
    operator.advance();
  }

  private List<Long> told() {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .map(mark -> ((Watermark) mark).getTimestamp())
        .toList();
  }

  @Test
  void followsTheClockOnceTheSourceDoes() throws Exception {
    sourceTells(BEGIN - DELAY - 1);
    tickAt(BEGIN + 1);
    tickAt(BEGIN + 2);
    tickAt(BEGIN + 2);

    assertThat(told()).containsExactly(BEGIN - 6, BEGIN - 5, BEGIN - 4);
  }

  @Test
  void aMillisecondMayBeginBetweenTheSourcesLookAtTheClockAndThisOne() throws Exception {
    clock.now = BEGIN + 1;
    sourceTells(BEGIN - DELAY - 1);
    tickAt(BEGIN + 1);

    assertThat(told()).containsExactly(BEGIN - 6, BEGIN - 5);
  }

  @Test
  void whileTheSourceIsBehindTheClockOnlyTheSourceCounts() throws Exception {
    tickAt(BEGIN);
    sourceTells(BEGIN - 60_000);
    tickAt(BEGIN + 1);
    sourceTells(BEGIN - DELAY - 2);
    tickAt(BEGIN + 2);

    assertThat(told()).containsExactly(BEGIN - 60_000, BEGIN - DELAY - 2);
  }

  @Test
  void neverGoesBack() throws Exception {
    sourceTells(BEGIN - DELAY - 1);
    tickAt(BEGIN + 10);
    sourceTells(BEGIN - DELAY + 3); // from before the tick
    tickAt(BEGIN - 3); // the clock was set
    sourceTells(BEGIN + 20 - DELAY);

    assertThat(told()).containsExactly(BEGIN - 6, BEGIN + 4, BEGIN + 15);
  }

  @Test
  void theSourceHasTheLastWord() throws Exception {
    sourceTells(BEGIN - DELAY - 1);
    sourceTells(Long.MAX_VALUE);
    tickAt(BEGIN + 1);

    assertThat(told()).containsExactly(BEGIN - 6, Long.MAX_VALUE);
  }

  @Test
  void elementsGoOn() throws Exception {
    harness.processElement(new StreamRecord<>("one", BEGIN));

    assertThat(harness.extractOutputValues()).containsExactly("one");
  }
}
