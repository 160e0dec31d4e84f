package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {

  @Test
  void moreThanASecondsActionsWaitingIsNotKeepingUp() {
    assertThat(new Backlog(20, 1_000).sustained(1_000, 0)).isTrue();
    assertThat(new Backlog(20, 1_001).sustained(1_000, 0)).isFalse();
  }

  @Test
  void neitherIsCatchingUpWithWhatWasLeftFromBefore() {
    assertThat(new Backlog(5_000, 10).sustained(1_000, 0)).isFalse();
  }

  @Test
  void whatHasToWaitForItsDelayIsNoBacklog() {
    assertThat(new Backlog(2_500, 2_500).sustained(1_000, 2)).isTrue();
  }
}
