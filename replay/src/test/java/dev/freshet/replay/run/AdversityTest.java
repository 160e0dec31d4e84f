package dev.freshet.replay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AdversityTest {

  private static final List<Long> TIMES =
      LongStream.range(0, 1_000).map(i -> 10 * i).boxed().toList();

  private static List<Long> arranged(Adversity adversity, long maxDelay) {
    List<Long> arrived = new ArrayList<>();
    adversity.arrange(TIMES, time -> time, maxDelay, arrived::add);
    return arrived;
  }

  @Test
  void withoutAnyNothingChanges() {
    assertThat(arranged(Adversity.NONE, 100)).isEqualTo(TIMES);
  }

  @Test
  void theShareIsLateAndNeverByMoreThanTheDelay() {
    List<Long> arrived = arranged(new Adversity(0.1, 1, false), 100);
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(TIMES);
    long newest = Long.MIN_VALUE;
    int behind = 0;
    for (long time : arrived) {
      assertThat(newest - time).isLessThan(100);
      behind += time < newest ? 1 : 0;
      newest = Math.max(newest, time);
    }
    assertThat(behind).isBetween(50, 150);
  }

  @Test
  void everyActionIsCopied() {
    List<Long> arrived = arranged(new Adversity(0.5, 3, false), 50);
    assertThat(arrived).hasSize(3_000);
    assertThat(TIMES).allSatisfy(time -> assertThat(arrived).contains(time, time, time));
  }

  @Test
  void theSameIsDoneEveryTime() {
    Adversity adversity = new Adversity(0.3, 2, false);
    assertThat(arranged(adversity, 500)).isEqualTo(arranged(adversity, 500));
  }

  @Test
  void wrongValuesAreTold() {
    assertThatThrownBy(() -> new Adversity(1.5, 1, false)).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> new Adversity(0, 0, false)).hasMessageContaining("at least once");
  }
}
