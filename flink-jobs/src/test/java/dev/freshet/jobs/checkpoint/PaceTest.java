package dev.freshet.jobs.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);

  private long now = 1_000_000;
  private long worked;
  private final Pace pace = new Pace(() -> now, () -> worked, nanos -> now += nanos);

  private void work(long nanos) {
    now += nanos;
    worked += nanos;
  }

  @Test
  void aQuarterOfTheTimeIsWorked() {
    Pace.Worker worker = pace.begin(FOR_EVER);
    long start = now;
    for (int piece = 1; piece <= 5; piece++) {
      work(100);
      worker.rest();
      assertThat(now - start).isEqualTo(piece * 400L);
    }
  }

  /** As two threads would that have worked side by side. */
  @Test
  void allWorkersShareTheQuarter() {
    Pace.Worker one = pace.begin(FOR_EVER);
    Pace.Worker other = pace.begin(FOR_EVER);
    long start = now;
    work(100);
    long both = now;
    one.rest();
    assertThat(now - start).isEqualTo(400);
    now = both;
    other.rest();
    assertThat(now - start).isEqualTo(800);
  }

  @Test
  void whatNobodyTookIsNotSavedUp() {
    Pace.Worker worker = pace.begin(FOR_EVER);
    work(100);
    worker.rest();
    now += 1_000_000; // waits for something else
    long start = now;
    work(100);
    worker.rest();
    assertThat(now - start).isEqualTo(400);
  }

  @Test
  void nobodyRestsBeyondTheEnd() {
    Pace.Worker worker = pace.begin(now + 350);
    long start = now;
    work(100);
    worker.rest();
    assertThat(now - start).isEqualTo(350);
    work(100);
    worker.rest();
    assertThat(now - start).isEqualTo(450);
  }

  @Test
  void whoseWorkIsOverRestsNoLonger() {
    Pace.Worker worker = pace.begin(FOR_EVER);
    worker.over();
    work(100);
    long before = now;
    worker.rest();
    assertThat(now).isEqualTo(before);
  }

  @Test
  void whoIsInterruptedRestsNoLongerAndStaysInterrupted() {
    Pace.Worker worker = pace.begin(FOR_EVER);
    work(100);
    long before = now;
    Thread.currentThread().interrupt();
    worker.rest();
    assertThat(now).isEqualTo(before);
    assertThat(Thread.interrupted()).isTrue();
  }
}
