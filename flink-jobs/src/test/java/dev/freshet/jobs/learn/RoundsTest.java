package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.protocol.model.Rounds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {

  @Test
  void roundsOfOneLengthEndAtItsMultiples() {
    Rounds rounds = Rounds.Every.of(Duration.ofSeconds(1));
    assertThat(rounds.endOf(1)).isEqualTo(1_000);
    assertThat(rounds.endOf(1_000)).isEqualTo(1_000);
    assertThat(rounds.endOf(1_001)).isEqualTo(2_000);
    assertThat(rounds.endOf(0)).isZero();
    assertThat(rounds.endOf(-1)).isZero();
    assertThat(rounds.endOf(-1_000)).isEqualTo(-1_000);
    assertThat(rounds.after(2_000)).isEqualTo(3_000);
    assertThat(rounds.beginning(3_000)).isEqualTo(2_000);
  }

  @Test
  void givenRoundsEndWhereTheyAreSaidTo() {
    Rounds rounds = new Rounds.EndingAt(List.of(5L, 9L));
    assertThat(rounds.endOf(-7)).isEqualTo(5);
    assertThat(rounds.endOf(5)).isEqualTo(5);
    assertThat(rounds.endOf(6)).isEqualTo(9);
    assertThat(rounds.endOf(10)).isEqualTo(Rounds.NONE);
    assertThat(rounds.after(5)).isEqualTo(9);
    assertThat(rounds.after(9)).isEqualTo(Rounds.NONE);
    assertThat(rounds.after(Rounds.NONE)).isEqualTo(Rounds.NONE);
    assertThat(rounds.after(rounds.beginning(9))).isEqualTo(5);
  }

  @Test
  void theEndOfTheInputEndsOnlyRoundsThatAreGiven() {
    assertThat(new Rounds.EndingAt(List.of(5L)).hasEnded(5, Long.MAX_VALUE)).isTrue();
    assertThat(new Rounds.EndingAt(List.of(5L)).hasEnded(Rounds.NONE, Long.MAX_VALUE)).isFalse();
    assertThat(new Rounds.Every(5).hasEnded(5, Long.MAX_VALUE)).isFalse();
    assertThat(new Rounds.Every(5).hasEnded(5, 5)).isTrue();
    assertThat(new Rounds.Every(5).hasEnded(5, 4)).isFalse();
  }

  @Test
  void badRoundsAreRefused() {
    assertThatThrownBy(() -> Rounds.Every.of(Duration.ZERO)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new Rounds.EndingAt(List.of())).hasMessageContaining("at least one");
    assertThatThrownBy(() -> new Rounds.EndingAt(List.of(3L, 3L)))
        .hasMessage("round 2 ends at 3, the one before at 3; ends ascend");
  }
}
