package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void actionsAreDueAtTheRateAndRoundingNeverAddsUp() {
    Schedule schedule = new Schedule(1_000, 3);

    assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
    assertThat(schedule.dueNanos(1)).isEqualTo(1_000 + 333_333_333);
    long day = 86_400;
    assertThat(schedule.dueNanos(3 * day)).isEqualTo(1_000 + TimeUnit.SECONDS.toNanos(day));
  }

  @Test
  void aTimeHasAtLeastOneAction() {
    assertThat(Schedule.actions(1_000, 30)).isEqualTo(30_000);
    assertThat(Schedule.actions(0.1, 1)).isEqualTo(1);
  }

  @Test
  void theRateMustBeOne() {
    assertThatThrownBy(() -> new Schedule(0, 0)).hasMessageContaining("positive");
    assertThatThrownBy(() -> new Schedule(0, Double.NaN)).hasMessageContaining("positive");
  }
}
