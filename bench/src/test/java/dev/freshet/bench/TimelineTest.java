package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.local.TimeSpan;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final long BEGIN = 1_772_323_200_000L;

  @Test
  void whatWentOnIsCutToTheWindow() {
    Timeline timeline =
        Timeline.of(
            new Timeline.Steps(BEGIN, 0.5, List.of(1.0, 2.0), List.of(1.0, 2.0)),
            List.of(
                new TimeSpan(BEGIN - 3_000, 2_000), // over before
                new TimeSpan(BEGIN - 200, 300),
                new TimeSpan(BEGIN + 900, 60_000),
                new TimeSpan(BEGIN + 1_000, 10)), // begins after
            List.of(new TimeSpan(BEGIN + 250, 40)));

    assertThat(timeline.checkpoints())
        .containsExactly(new Timeline.Span(0, 0.1), new Timeline.Span(0.9, 1));
    assertThat(timeline.pauses()).containsExactly(new Timeline.Span(0.25, 0.29));
  }
}
