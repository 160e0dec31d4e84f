package dev.freshet.jobs.user;

import dev.freshet.jobs.event.Action;
import java.util.Arrays;
import java.util.Objects;

/** What is remembered of a user. A Flink POJO, kept in keyed state. */
public class UserProfile {

  /** Actions so far. */
  public long actions;

  /** Of {@link #actions}, those on an item that was among {@link #recent}. */
  public long repeats;

  /** Event time of the newest action. */
  public long lastTime = Long.MIN_VALUE;

  public long sessionStart;

  /** The producer's id of the current session, or null. */
  public String session;

  /** Position of the newest action in its session, counted from 1. */
  public int sessionPosition;

  /** Distinct items, most recent first. */
  public String[] recent = {};

  /** Event time of the last action on each of {@link #recent}. */
  public long[] recentTimes = {};

  public UserProfile() {}

  /** Takes in an action. Actions come in event order, except late ones. */
  public void apply(Action action, UserSettings settings) {
    boolean newest = action.time >= lastTime;
    if (newest) {
      advanceSession(action, settings.sessionGap());
      lastTime = action.time;
    }
    actions++;
    if (action.item != null) {
      remember(action.item, action.time, settings.historyLength());
    }
  }

  private void advanceSession(Action action, long gap) {
    boolean goesOn =
        lastTime != Long.MIN_VALUE
            && (action.session == null && session == null
                ? action.time - lastTime <= gap
                : Objects.equals(action.session, session));
    if (goesOn) {
      sessionPosition++;
    } else {
      sessionStart = action.time;
      sessionPosition = 1;
      session = action.session;
    }
  }

  /** Moves or inserts the item where its time puts it: a late action is not made the last one. */
  private void remember(String item, long time, int bound) {
    int known = Arrays.asList(recent).indexOf(item);
    if (known >= 0) {
      repeats++;
    }
    long at = known < 0 ? time : Math.max(time, recentTimes[known]);
    int length = known >= 0 ? recent.length : Math.min(bound, recent.length + 1);
    String[] items = new String[length];
    long[] times = new long[length];
    int to = 0;
    boolean placed = false;
    for (int from = 0; from < recent.length && to < length; from++) {
      if (!placed && at >= recentTimes[from]) {
        items[to] = item;
        times[to++] = at;
        placed = true;
      }
      if (from != known && to < length) {
        items[to] = recent[from];
        times[to++] = recentTimes[from];
      }
    }
    if (!placed && to < length) {
      items[to] = item;
      times[to] = at;
    }
    recent = items;
    recentTimes = times;
  }

  /** How many of the recent items belong to the current session. */
  int recentInSession() {
    int count = 0;
    while (count < recent.length && recentTimes[count] >= sessionStart) {
      count++;
    }
    return count;
  }

  /**
   * The recent items without the given one and without what came after the given time, at most
   * {@code bound}: a late action does not follow what the user did later.
   */
  String[] before(String item, long time, int bound) {
    String[] before = new String[Math.min(bound, recent.length)];
    int count = 0;
    for (int position = 0; position < recent.length && count < before.length; position++) {
      if (recentTimes[position] <= time && !recent[position].equals(item)) {
        before[count++] = recent[position];
      }
    }
    return count == before.length ? before : Arrays.copyOf(before, count);
  }
}
