package dev.freshet.replay.judge;

import java.time.Instant;
import java.util.Arrays;

/**
 * What an evaluation notes of every action, in columns: 19 bytes an action instead of objects, so
 * that millions fit.
 */
final class JudgedColumns {

  /** Stands in place of a rank: the action was no test. */
  static final byte NO_TEST = -1;

  /** One action of this many has its time noted, which is enough for the axis of a plot. */
  private static final int TIME_EVERY = 64;

  final Labels<String> users = new Labels<>();
  final Labels<Served> served = new Labels<>();
  final Labels<String> sources = new Labels<>();

  private int size;
  private int[] user = new int[1024];
  private byte[] rank = new byte[1024];
  private byte[] source = new byte[1024];
  private int[] judged = new int[1024];
  private int[] emitted = new int[1024];
  private byte[] shown = new byte[1024];
  private float[] novelty = new float[1024];
  private long[] times = new long[1024 / TIME_EVERY];
  private long[] places = new long[16];

  /** Adds an action that is no test and has no list. */
  int add(int userNumber, Instant time) {
    if (size == user.length) {
      grow();
    }
    user[size] = userNumber;
    rank[size] = NO_TEST;
    source[size] = Labels.NONE;
    judged[size] = Labels.NONE;
    emitted[size] = Labels.NONE;
    if (size % TIME_EVERY == 0) {
      times[size / TIME_EVERY] = time.toEpochMilli();
    }
    return size++;
  }

  private void grow() {
    int larger = Math.max(size + 1, (int) Math.min(Integer.MAX_VALUE - 8, size * 3L / 2));
    user = Arrays.copyOf(user, larger);
    rank = Arrays.copyOf(rank, larger);
    source = Arrays.copyOf(source, larger);
    judged = Arrays.copyOf(judged, larger);
    emitted = Arrays.copyOf(emitted, larger);
    shown = Arrays.copyOf(shown, larger);
    novelty = Arrays.copyOf(novelty, larger);
    times = Arrays.copyOf(times, larger / TIME_EVERY + 1);
  }

  /** The action was a test. */
  void test(int index, int rankOfItem, int judgedServed, int sourceOfHit) {
    rank[index] = (byte) rankOfItem;
    judged[index] = judgedServed;
    source[index] = (byte) sourceOfHit;
  }

  /** A list was made for the action. */
  void emitted(int index, int emittedServed) {
    emitted[index] = emittedServed;
  }

  /**
   * The list behind the warm-up has shown items.
   *
   * @param items how many
   * @param noveltySum of these, in bits
   */
  void shown(int index, int items, double noveltySum) {
    shown[index] = (byte) items;
    novelty[index] = (float) noveltySum;
  }

  /** A source got a place in a list. */
  void placed(int sourceNumber) {
    if (sourceNumber >= places.length) {
      places = Arrays.copyOf(places, 2 * sourceNumber);
    }
    places[sourceNumber]++;
  }

  /** Number of actions. */
  int size() {
    return size;
  }

  int user(int index) {
    return user[index];
  }

  /** Rank of the wanted item, 0 for a miss, {@link #NO_TEST} if the action was none. */
  int rank(int index) {
    return rank[index];
  }

  boolean isTest(int index) {
    return rank[index] != NO_TEST;
  }

  /** Number of the source that had proposed what was hit, or {@link Labels#NONE}. */
  int source(int index) {
    return source[index];
  }

  /** Number of the model and variant that made the judged list, or {@link Labels#NONE}. */
  int judged(int index) {
    return judged[index];
  }

  /** Number of the model and variant that made the list for the action, or {@link Labels#NONE}. */
  int emitted(int index) {
    return emitted[index];
  }

  int shown(int index) {
    return shown[index];
  }

  double novelty(int index) {
    return novelty[index];
  }

  /** Places in lists that a source got. */
  long places(int sourceNumber) {
    return sourceNumber < places.length ? places[sourceNumber] : 0;
  }

  /** About when the action happened: the time of one at most 63 before it. */
  Instant timeAbout(int index) {
    return Instant.ofEpochMilli(times[index / TIME_EVERY]);
  }
}
