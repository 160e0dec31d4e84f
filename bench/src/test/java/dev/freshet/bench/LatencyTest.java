package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyTest {

  /** 1 to 1,000 ms, each once. */
  private static Histogram thousand() {
    Histogram micros = Answers.histogram();
    for (int millis = 1; millis <= 1_000; millis++) {
      micros.recordValue(millis * 1_000L);
    }
    return micros;
  }

  @Test
  void percentilesAreInMilliseconds() {
    Latency latency = Latency.ofMicros(thousand());

    assertThat(latency.count()).isEqualTo(1_000);
    assertThat(latency.p50()).isCloseTo(500, within(1.0));
    assertThat(latency.p90()).isCloseTo(900, within(1.0));
    assertThat(latency.p99()).isCloseTo(990, within(1.0));
    assertThat(latency.p999()).isCloseTo(999, within(1.0));
    assertThat(latency.max()).isCloseTo(1_000, within(1.0));
    assertThat(latency.mean()).isCloseTo(500.5, within(1.0));
  }

  @Test
  void aHistogramComesOutOfItsTextAsItWas() {
    Histogram micros = thousand();

    assertThat(Latency.decode(Latency.encode(micros))).isEqualTo(micros);
  }

  @Test
  void theCurveGoesAsFarAsThereAreValuesBeyond() {
    assertThat(Latency.curve(thousand()))
        .extracting(Latency.Point::percentile)
        .contains(50.0, 99.0, 99.9)
        .doesNotContain(99.95);
    assertThat(Latency.curve(thousand()))
        .extracting(Latency.Point::millis)
        .isSortedAccordingTo(Double::compare);
    assertThat(Latency.curve(Answers.histogram())).isEmpty();
  }

  @Test
  void ofNothingThereIsNothing() {
    assertThat(Latency.ofMicros(Answers.histogram())).isSameAs(Latency.NONE);
  }
}
