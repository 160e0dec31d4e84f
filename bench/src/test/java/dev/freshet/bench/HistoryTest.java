package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static final long END = 1_800_000_000_000L;

  @Test
  void goesOnInTimeAndEndsBeforeTheMeasurement() {
    History history = History.inSessions(1_003, 50, END);

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
    History history = History.inSessions(800, 100, END);

    Set<Integer> users = new HashSet<>();
    for (int act = 0; act < history.size(); act++) {
      users.add(history.user(act));
    }
    assertThat(users).hasSize(100);
  }

  /** Each of three users at least every half hour, and every 20 seconds in the last hour. */
  @Test
  void whoIsSteadyNeverRestsForLong() {
    int users = 3;
    History history = History.steady(580 * users, users, END);

    long[] last = new long[users];
    Arrays.fill(last, END - History.SPAN.toMillis());
    long lastHour = END - 3_600_000;
    for (int act = 0; act < history.size(); act++) {
      int user = history.user(act);
      long rested = history.timeMillis(act) - last[user];
      assertThat(rested).isBetween(0L, last[user] < lastHour ? 30 * 60_000L : 20_000L);
      last[user] = history.timeMillis(act);
    }
    for (long each : last) {
      assertThat(END - each).isBetween(0L, 20_000L);
    }
  }

  @Test
  void aSteadyHistoryOfFewActionsGoesOnInTimeToo() {
    History history = History.steady(101, 7, END);

    long before = END - History.SPAN.toMillis();
    for (int act = 0; act < history.size(); act++) {
      assertThat(history.timeMillis(act)).isBetween(before, END - 1);
      before = history.timeMillis(act);
    }
    assertThat(history.timeMillis(0)).isEqualTo(END - History.SPAN.toMillis());
  }
}
