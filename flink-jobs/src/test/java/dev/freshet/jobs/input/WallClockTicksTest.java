package dev.freshet.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WallClockTicksTest {

  private final WallClockTicks ticks = new WallClockTicks();

  @Test
  void ticksOnceInAnInterval() throws Exception {
    List<Long> at = new CopyOnWriteArrayList<>();
    CountDownLatch enough = new CountDownLatch(20);
    try (WallClockTicks.Ticking ticking =
        ticks.every(
            Duration.ofMillis(5),
            () -> {
              at.add(Math.floorDiv(System.currentTimeMillis(), 5));
              enough.countDown();
            })) {
      assertThat(enough.await(1, TimeUnit.MINUTES)).isTrue();
    }
    // A slow machine leaves some out, and may be late within one, but none has two.
    assertThat(at.subList(0, 20)).isSorted();
    assertThat(at.stream().distinct().count()).isGreaterThanOrEqualTo(19);
  }

  @Test
  void allWhoAskAreToldUntilTheyNoLongerDo() throws Exception {
    CountDownLatch first = new CountDownLatch(3);
    CountDownLatch second = new CountDownLatch(3);
    WallClockTicks.Ticking one = ticks.every(Duration.ofMillis(1), first::countDown);
    WallClockTicks.Ticking other = ticks.every(Duration.ofMillis(2), second::countDown);

    assertThat(first.await(1, TimeUnit.MINUTES)).isTrue();
    one.close();
    assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
    other.close();

    // Who asks after all others have gone is told again.
    CountDownLatch third = new CountDownLatch(3);
    try (WallClockTicks.Ticking again = ticks.every(Duration.ofMillis(1), third::countDown)) {
      assertThat(third.await(1, TimeUnit.MINUTES)).isTrue();
    }
  }
}
