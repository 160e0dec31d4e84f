package dev.freshet.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static final long END = 1_800_000_000_000L;

  @Test
  void goesOnInTimeAndEndsBeforeTheMeasurement() {
    History history = new History(1_003, 50, History.SESSION_ACTIONS, END);

    assertThat(history.size()).isEqualTo(1_003);
    long before = END - History.SPAN.toMillis();
    for (int act = 0; act < history.size(); act++) {
      assertThat(history.timeMillis(act)).isBetween(before, END);
      before = history.timeMillis(act);
    }
    assertThat(history.timeMillis(0)).isEqualTo(END - History.SPAN.toMillis());
    // Sessions lie all along the span.
    assertThat(before).isGreaterThan(END - History.SPAN.toMillis() / 50);
  }

  @Test
  void everyUserActs() {
    History history = new History(800, 100, History.SESSION_ACTIONS, END);

    Set<Integer> users = new HashSet<>();
    for (int act = 0; act < history.size(); act++) {
      users.add(history.user(act));
    }
    assertThat(users).hasSize(100);
  }

  /** Each of three users at least every half hour, to the end. */
  @Test
  void whoActsOnceAtATimeNeverRestsForLong() {
    int users = 3;
    History history = new History(400 * users, users, 1, END);

    long[] last = new long[users];
    Arrays.fill(last, END - History.SPAN.toMillis());
    for (int act = 0; act < history.size(); act++) {
      int user = history.user(act);
      assertThat(history.timeMillis(act) - last[user]).isLessThan(30 * 60_000);
      last[user] = history.timeMillis(act);
    }
    for (long each : last) {
      assertThat(END - each).isLessThan(30 * 60_000);
    }
  }
}
