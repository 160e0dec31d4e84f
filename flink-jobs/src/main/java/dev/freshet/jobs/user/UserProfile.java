package dev.freshet.jobs.user;

import dev.freshet.features.FeatureEvent;
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

  /** Hashes of distinct items acted on, most recent first: further back than {@link #recent}. */
  public long[] seen = {};

  /** Event time of the last action on each of {@link #seen}. */
  public long[] seenTimes = {};

  /** Hashes of distinct items bought, most recent first. */
  public long[] bought = {};

  /** Event time of the last purchase of each of {@link #bought}. */
  public long[] boughtTimes = {};

  public UserProfile() {}

  /**
   * Takes in an action. Actions come in event order, except late ones.
   *
   * @return whether it is on an item that the user had acted on before, as far as is remembered
   */
  public boolean apply(FeatureEvent action, UserSettings settings) {
    boolean newest = action.time >= lastTime;
    if (newest) {
      advanceSession(action, settings.sessionGap());
      lastTime = action.time;
    }
    actions++;
    if (action.item == null) {
      return false;
    }
    boolean isRecent = remember(action.item, action.time, settings.historyLength());
    long hash = FeatureEvent.hash(action.item);
    boolean isSeen = rememberSeen(hash, action.time, settings.seenItems());
    if (settings.purchaseActions().contains(action.action)) {
      rememberBought(hash, action.time, settings.seenItems());
    }
    return isRecent || isSeen;
  }

  private void advanceSession(FeatureEvent action, long gap) {
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

  /**
   * Moves or inserts the item where its time puts it: a late action is not made the last one.
   *
   * @return whether it was there
   */
  private boolean remember(String item, long time, int bound) {
    int known = Arrays.asList(recent).indexOf(item);
    if (known >= 0) {
      repeats++;
    }
    Move move = Move.of(recentTimes, known, time, bound);
    if (move.fits()) {
      recent = move.in(recent, item);
      recentTimes = move.in(recentTimes, move.time);
    }
    return known >= 0;
  }

  private boolean rememberSeen(long item, long time, int bound) {
    int known = indexOf(seen, item);
    Move move = Move.of(seenTimes, known, time, bound);
    if (move.fits()) {
      seen = move.in(seen, item);
      seenTimes = move.in(seenTimes, move.time);
    }
    return known >= 0;
  }

  private void rememberBought(long item, long time, int bound) {
    Move move = Move.of(boughtTimes, indexOf(bought, item), time, bound);
    if (move.fits()) {
      bought = move.in(bought, item);
      boughtTimes = move.in(boughtTimes, move.time);
    }
  }

  private static int indexOf(long[] values, long value) {
    for (int index = 0; index < values.length; index++) {
      if (values[index] == value) {
        return index;
      }
    }
    return -1;
  }

  /**
   * How an entry comes to the place that its time gives it, in arrays that are kept most recent
   * first. Always makes new arrays: the old ones are under way to the ranking.
   *
   * @param at where it goes; what lies between there and {@code from} moves back by one
   * @param from where it was, or what it takes the place of
   * @param length of the arrays afterwards
   * @param time of the entry: the newer one, if it was there
   */
  private record Move(int at, int from, int length, long time) {

    /**
     * @param known where the entry is now; negative: nowhere
     */
    static Move of(long[] times, int known, long time, int bound) {
      if (known >= 0 && time < times[known]) {
        return new Move(known, known, times.length, times[known]); // late, and it has come since
      }
      int at = 0;
      while (at < times.length && times[at] > time) {
        at++;
      }
      int length = known >= 0 ? times.length : Math.min(bound, times.length + 1);
      return new Move(at, known >= 0 ? known : length - 1, length, time);
    }

    /** Not if it is older than everything in arrays that are full. */
    boolean fits() {
      return at < length;
    }

    long[] in(long[] values, long value) {
      long[] moved = Arrays.copyOf(values, length);
      System.arraycopy(values, at, moved, at + 1, from - at);
      moved[at] = value;
      return moved;
    }

    String[] in(String[] values, String value) {
      String[] moved = Arrays.copyOf(values, length);
      System.arraycopy(values, at, moved, at + 1, from - at);
      moved[at] = value;
      return moved;
    }
  }

  /**
   * Whether the session of the newest action goes on at a time. One that the producer named goes on
   * until an action of another comes.
   */
  boolean inSessionAt(long time, long gap) {
    return lastTime != Long.MIN_VALUE && (session != null || time - lastTime <= gap);
  }

  /** How many of the recent items belong to the current session. */
  int recentInSession() {
    return inSession(recentTimes);
  }

  /** How many of the seen items belong to the current session. */
  int seenInSession() {
    return inSession(seenTimes);
  }

  private int inSession(long[] times) {
    int count = 0;
    while (count < times.length && times[count] >= sessionStart) {
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
