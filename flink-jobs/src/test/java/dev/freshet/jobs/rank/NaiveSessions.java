package dev.freshet.jobs.rank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link SessionLog} and {@link NearestSessions} do, by the definition. */
final class NaiveSessions {

  /** A session. */
  static final class Session {
    final long number;
    final List<Integer> items = new ArrayList<>();
    long lastTime;

    Session(long number, long time) {
      this.number = number;
      this.lastTime = time;
    }
  }

  private final int slots;
  private long begun;
  final Map<Long, Session> ofUser = new LinkedHashMap<>();
  final Map<Integer, List<Long>> ofItem = new HashMap<>();
  final Map<Integer, Integer> counts = new HashMap<>();

  NaiveSessions(int slots) {
    this.slots = slots;
  }

  void visit(long user, int item, List<Integer> before, long time) {
    if (!ofUser.containsKey(user)) {
      ofUser.values().removeIf(session -> session.number <= begun - slots);
      ofUser.put(user, new Session(begun++, time));
      for (int back = before.size() - 1; back >= 0; back--) {
        put(ofUser.get(user), before.get(back));
      }
    }
    put(ofUser.get(user), item);
    ofUser.get(user).lastTime = Math.max(ofUser.get(user).lastTime, time);
  }

  private void put(Session session, Integer item) {
    if (!session.items.remove(item)) {
      counts.merge(item, 1, Integer::sum);
    }
    putFirst(session.items, item, SessionLog.ITEMS_PER_SESSION);
    List<Long> sessions = ofItem.computeIfAbsent(item, any -> new ArrayList<>());
    sessions.remove(session.number);
    putFirst(sessions, session.number, SessionLog.SESSIONS_PER_ITEM);
  }

  private static <T> void putFirst(List<T> list, T value, int bound) {
    list.add(0, value);
    if (list.size() > bound) {
      list.remove(bound);
    }
  }

  void forget(Integer item) {
    ofUser.values().forEach(session -> session.items.remove(item));
    ofItem.remove(item);
    counts.remove(item);
  }

  /** Score of each item in the nearest sessions. */
  Map<Integer, Double> scores(long user, List<Integer> recent, long time, long halfLife) {
    Map<Session, Double> similarities = new LinkedHashMap<>();
    for (int back = 0; back < Math.min(NearestSessions.REACH, recent.size()); back++) {
      int item = recent.get(back);
      for (long number : ofItem.getOrDefault(item, List.of())) {
        for (Map.Entry<Long, Session> session : ofUser.entrySet()) {
          if (session.getValue().number == number && session.getKey() != user) {
            similarities.merge(
                session.getValue(),
                Math.pow(NearestSessions.STEP, back)
                    * Math.log(1 + (double) begun / counts.get(item)),
                Double::sum);
          }
        }
      }
    }
    similarities.replaceAll(
        (session, similarity) ->
            similarity * halfLife / (halfLife + Math.max(0.0, time - session.lastTime)));
    List<Map.Entry<Session, Double>> nearest = new ArrayList<>(similarities.entrySet());
    nearest.sort(Comparator.comparingDouble(entry -> -entry.getValue()));
    nearest = nearest.subList(0, Math.min(NearestSessions.NEIGHBOURS, nearest.size()));
    double total = nearest.stream().mapToDouble(Map.Entry::getValue).sum();
    Map<Integer, Double> scores = new HashMap<>();
    for (Map.Entry<Session, Double> entry : nearest) {
      List<Integer> items = entry.getKey().items;
      int meeting = 0;
      for (int back = recent.size() - 1; back >= 0; back--) {
        int at = items.indexOf(recent.get(back));
        meeting = at >= 0 ? at : meeting;
      }
      for (int at = 0; at < items.size(); at++) {
        if (!recent.contains(items.get(at))) {
          double nearness = 1 / (1 + 0.1 * Math.abs(at - meeting));
          scores.merge(items.get(at), nearness * entry.getValue() / total, Double::sum);
        }
      }
    }
    return scores;
  }
}
