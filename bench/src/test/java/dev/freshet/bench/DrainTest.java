package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DrainTest {

  @Test
  void timeCountsFromTheFirstAnswerToTheLastAndTheMiddleWithoutTheEnds() {
    Drain drain = new Drain(100);
    for (int answer = 0; answer < 99; answer++) {
      drain.answered(99 - answer, 1_000_000_000L + answer * 10_000_000L);
    }
    assertThat(drain.complete()).isFalse();
    drain.answered(0, 5_000_000_000L); // it had to wait

    Orders.Drained result = drain.result();
    assertThat(drain.complete()).isTrue();
    assertThat(result.missing()).isZero();
    assertThat(result.seconds()).isCloseTo(4, within(1e-9));
    assertThat(result.middle()).isEqualTo(90);
    assertThat(result.middle() / result.middleSeconds()).isCloseTo(100, within(1e-6));
  }

  @Test
  void whatIsMissingOrComesAgainIsCounted() {
    Drain drain = new Drain(10);
    drain.answered(3, 1);
    drain.answered(3, 2);

    assertThat(drain.result().missing()).isEqualTo(9);
    assertThat(drain.result().repeated()).isEqualTo(1);
    assertThat(drain.result().actions()).isEqualTo(1);
  }
}
