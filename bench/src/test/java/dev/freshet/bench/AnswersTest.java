package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswersTest {

  /** One a millisecond. */
  private final Schedule schedule = new Schedule(5_000_000, 1_000);

  private final Answers answers = new Answers(schedule, 10, 4);

  private void answer(long action, long millisAfterDue) {
    answers.answered(action, schedule.dueNanos(action) + millisAfterDue * 1_000_000);
  }

  @Test
  void latencyCountsFromWhenAnActionWasDue() {
    answer(4, 7);
    answer(5, 3);

    assertThat(answers.micros().getTotalCount()).isEqualTo(2);
    assertThat(answers.micros().getMaxValue()).isBetween(6_990L, 7_010L);
    assertThat(answers.micros().getMinValue()).isBetween(2_990L, 3_010L);
  }

  @Test
  void whatComesWhileTheJobSettlesIsAnsweredButNotMeasured() {
    for (int action = 0; action < 10; action++) {
      answer(action, 1);
    }

    assertThat(answers.complete()).isTrue();
    assertThat(answers.micros().getTotalCount()).isEqualTo(6);
  }

  @Test
  void aSecondAnswerIsCountedAsThatAndNotMeasured() {
    answer(6, 1);
    answer(6, 500);

    assertThat(answers.repeated()).isEqualTo(1);
    assertThat(answers.count()).isEqualTo(1);
    assertThat(answers.micros().getMaxValue()).isLessThan(2_000);
  }

  @Test
  void whatIsNotAnsweredIsMissing() {
    answer(0, 1);
    answer(9, 1);

    assertThat(answers.complete()).isFalse();
    assertThat(answers.missing()).isEqualTo(8);
  }

  @Test
  void anAnswerOfHoursIsKeptAsTheLongest() {
    answer(4, 7_200_000);

    assertThat(answers.micros().getMaxValue()).isGreaterThan(590_000_000);
  }

  @Test
  void stepsHaveWhatWasDueWithinThem() {
    Answers many = new Answers(schedule, 304, 4);
    many.answered(3, schedule.dueNanos(3) + 9_000_000); // before what counts
    many.answered(4, schedule.dueNanos(4) + 1_000_000);
    many.answered(103, schedule.dueNanos(103) + 3_000_000);
    many.answered(104, schedule.dueNanos(104) + 8_000_000);

    Timeline.Steps steps = many.steps();

    assertThat(steps.seconds()).isEqualTo(0.1);
    assertThat(steps.meanMillis()).containsExactly(2.0, 8.0, Double.NaN);
    assertThat(steps.longestMillis()).containsExactly(3.0, 8.0, Double.NaN);
  }

  @Test
  void intervalsHaveWhatCameWithinThem() {
    answer(4, 1);
    assertThat(answers.intervalMicros().getTotalCount()).isEqualTo(1);
    answer(5, 1);
    answer(6, 1);
    assertThat(answers.intervalMicros().getTotalCount()).isEqualTo(2);
  }
}
