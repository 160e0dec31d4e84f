package dev.freshet.ranking;

import dev.freshet.ranking.evidence.NearestSessions;
import dev.freshet.ranking.replica.SessionLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link SessionLog} and {@link NearestSessions} do, by the definition.
 *
 * @param <U> user
 * @param <I> item
 */
public final class NaiveSessions<U, I> {

  private static final int ITEMS_PER_SESSION = 20;
  private static final int SESSIONS_PER_ITEM = 128;

  /** How many of the user's items are looked for, and what each counts, to the one before. */
  private static final int REACH = 10;

  private static final double STEP = 0.8;
  private static final int NEAREST = 60;

  /** A session; items and sessions are listed with the last first. */
  public static final class Session<I> {
    public final long number;
    public final List<I> items = new ArrayList<>();
    public long lastTime;

    Session(long number, long time) {
      this.number = number;
      this.lastTime = time;
    }
  }

  /** What the nearest sessions say of an item. */
  public static final class Score {
    public double score;
    public int neighbours;
  }

  private final int slots;
  private long begun;
  public final Map<U, Session<I>> ofUser = new LinkedHashMap<>();
  public final Map<I, List<Long>> ofItem = new HashMap<>();
  public final Map<I, Integer> counts = new HashMap<>();

  public NaiveSessions(int slots) {
    this.slots = slots;
  }

  public void visit(U user, I item, List<I> before, long time) {
    if (!ofUser.containsKey(user)) {
      ofUser.values().removeIf(session -> session.number <= begun - slots);
      ofUser.put(user, new Session<>(begun++, time));
      for (int back = before.size() - 1; back >= 0; back--) {
        put(ofUser.get(user), before.get(back));
      }
    }
    put(ofUser.get(user), item);
    ofUser.get(user).lastTime = Math.max(ofUser.get(user).lastTime, time);
  }

  private void put(Session<I> session, I item) {
    if (!session.items.remove(item)) {
      counts.merge(item, 1, Integer::sum);
    }
    putFirst(session.items, item, ITEMS_PER_SESSION);
    List<Long> sessions = ofItem.computeIfAbsent(item, any -> new ArrayList<>());
    sessions.remove(session.number);
    putFirst(sessions, session.number, SESSIONS_PER_ITEM);
  }

  private static <T> void putFirst(List<T> list, T value, int bound) {
    list.add(0, value);
    if (list.size() > bound) {
      list.remove(bound);
    }
  }

  public void forget(I item) {
    ofUser.values().forEach(session -> session.items.remove(item));
    ofItem.remove(item);
    counts.remove(item);
  }

  /** Score of each item in the nearest sessions, as one comes upon them from the nearest on. */
  public Map<I, Score> scores(U user, List<I> recent, long time, long halfLife) {
    Map<Session<I>, Double> similarities = new LinkedHashMap<>();
    for (int back = 0; back < Math.min(REACH, recent.size()); back++) {
      I item = recent.get(back);
      for (long number : ofItem.getOrDefault(item, List.of())) {
        for (Map.Entry<U, Session<I>> session : ofUser.entrySet()) {
          if (session.getValue().number == number && !session.getKey().equals(user)) {
            similarities.merge(
                session.getValue(),
                Math.pow(STEP, back) * Math.log(1 + (double) begun / counts.get(item)),
                Double::sum);
          }
        }
      }
    }
    similarities.replaceAll(
        (session, similarity) ->
            similarity * (halfLife / (halfLife + Math.max(0.0, time - session.lastTime))));
    List<Map.Entry<Session<I>, Double>> nearest = new ArrayList<>(similarities.entrySet());
    nearest.sort(Comparator.comparingDouble(entry -> -entry.getValue()));
    nearest = nearest.subList(0, Math.min(NEAREST, nearest.size()));
    double total = nearest.stream().mapToDouble(Map.Entry::getValue).reduce(0, Double::sum);
    Map<I, Score> scores = new LinkedHashMap<>();
    for (Map.Entry<Session<I>, Double> entry : nearest) {
      List<I> items = entry.getKey().items;
      int meeting = 0;
      for (int back = recent.size() - 1; back >= 0; back--) {
        int at = items.indexOf(recent.get(back));
        meeting = at >= 0 ? at : meeting;
      }
      for (int at = 0; at < items.size(); at++) {
        if (!recent.contains(items.get(at))) {
          Score score = scores.computeIfAbsent(items.get(at), item -> new Score());
          score.score += entry.getValue() / total * (1 / (1 + 0.1 * Math.abs(at - meeting)));
          score.neighbours++;
        }
      }
    }
    return scores;
  }
}
