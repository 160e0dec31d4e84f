package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What ranking reckons, by the definition: everything anew from the whole log for each request,
 * with no bound on lists, in time that nobody should spend. The log is in event order, none is
 * late.
 */
final class NaiveRecommender {

  private final List<Action> log;
  private final HalfLives halfLives;
  private final int historyLength;
  private final long sessionGap;

  NaiveRecommender(List<Action> log, HalfLives halfLives, int historyLength, long sessionGap) {
    this.log = log;
    this.halfLives = halfLives;
    this.historyLength = historyLength;
    this.sessionGap = sessionGap;
  }

  private static double decay(long age, long halfLife) {
    return Math.pow(0.5, (double) age / halfLife);
  }

  /** Distinct items of the user's actions up to a place in the log, the last first. */
  private List<String> recent(String user, int until) {
    List<String> recent = new ArrayList<>();
    for (int at = until - 1; at >= 0; at--) {
      Action action = log.get(at);
      if (action.user.equals(user) && action.item != null && !recent.contains(action.item)) {
        recent.add(action.item);
      }
    }
    return recent.subList(0, Math.min(historyLength, recent.size()));
  }

  /**
   * The features of every item that the asking action's user could be shown, by name; without those
   * that depend on ranks, in which ties are free.
   */
  Map<String, Map<String, Double>> features(int asking) {
    Action action = log.get(asking);
    long now = action.time;
    Map<String, Double> shortCount = new HashMap<>();
    Map<String, Double> longCount = new HashMap<>();
    Map<String, Long> firstSeen = new HashMap<>();
    Map<String, Long> lastAction = new HashMap<>();
    Map<String, Map<String, Double>> transitions = new HashMap<>();
    Map<String, Map<String, Double>> covisits = new HashMap<>();
    for (int at = 0; at < log.size(); at++) {
      Action past = log.get(at);
      if (past.item == null || past.time >= now) {
        continue;
      }
      shortCount.merge(past.item, decay(now - past.time, halfLives.popularityShort()), Double::sum);
      longCount.merge(past.item, decay(now - past.time, halfLives.popularityLong()), Double::sum);
      firstSeen.merge(past.item, past.time, Math::min);
      lastAction.merge(past.item, past.time, Math::max);
      double weight = decay(now - past.time, halfLives.neighbours());
      List<String> before = new ArrayList<>(recent(past.user, at));
      before.remove(past.item);
      if (!before.isEmpty()) {
        add(transitions, before.get(0), past.item, weight);
      }
      for (int back = 0; back < Math.min(10, before.size()); back++) {
        add(covisits, before.get(back), past.item, weight * Math.pow(0.9, back));
        add(covisits, past.item, before.get(back), weight * Math.pow(0.9, back));
      }
    }

    List<String> recent = recent(action.user, asking + 1);
    Map<String, Map<String, Double>> features = new LinkedHashMap<>();
    for (String item : firstSeen.keySet()) {
      Map<String, Double> row = new HashMap<>();
      row.put("transition_share", recent.isEmpty() ? 0 : share(transitions, recent.get(0), item));
      double transitionScore = 0;
      for (int back = 0; back < Math.min(3, recent.size()); back++) {
        transitionScore += Math.pow(0.5, back) * share(transitions, recent.get(back), item);
      }
      row.put("transition_score", transitionScore);
      double covisitScore = 0;
      double covisitCount = 0;
      int hits = 0;
      for (int back = 0; back < Math.min(10, recent.size()); back++) {
        Double weight = covisits.getOrDefault(recent.get(back), Map.of()).get(item);
        if (weight != null) {
          covisitScore +=
              Math.pow(0.8, back)
                  * weight
                  / Math.sqrt(total(covisits, recent.get(back)) * total(covisits, item));
          covisitCount += weight;
          hits++;
        }
      }
      row.put("covisit_score", covisitScore);
      row.put("covisit_log_count", Math.log1p(covisitCount));
      row.put("covisit_recent_items", hits / 10.0);
      row.put("popularity_short_log", Math.log1p(shortCount.get(item)));
      row.put("popularity_long_log", Math.log1p(longCount.get(item)));
      row.put(
          "popularity_trend_log",
          Math.log((shortCount.get(item) + 0.1) / (longCount.get(item) + 0.1)));
      row.put("item_age_log_hours", Math.log1p((now - firstSeen.get(item)) / 3_600_000.0));
      row.put("item_idle_log_hours", Math.log1p((now - lastAction.get(item)) / 3_600_000.0));
      int position = recent.indexOf(item);
      row.put("seen", position >= 0 ? 1.0 : 0.0);
      row.put("seen_reciprocal_position", position >= 0 ? 1.0 / (position + 1) : 0.0);
      row.put("last_item", position == 0 ? 1.0 : 0.0);
      row.put("user_actions_log", Math.log1p(actionsOf(action.user, asking)));
      row.put("session_position_log", Math.log1p(sessionPosition(action.user, asking)));
      features.put(item, row);
    }
    return features;
  }

  private static void add(
      Map<String, Map<String, Double>> pairs, String from, String to, double weight) {
    pairs.computeIfAbsent(from, item -> new HashMap<>()).merge(to, weight, Double::sum);
  }

  private static double total(Map<String, Map<String, Double>> pairs, String item) {
    double total = 0;
    for (double weight : pairs.getOrDefault(item, Map.of()).values()) {
      total += weight;
    }
    return total;
  }

  private static double share(
      Map<String, Map<String, Double>> transitions, String from, String to) {
    double weight = transitions.getOrDefault(from, Map.of()).getOrDefault(to, 0.0);
    return weight == 0 ? 0 : weight / total(transitions, from);
  }

  private int actionsOf(String user, int asking) {
    int count = 0;
    for (int at = 0; at <= asking; at++) {
      count += log.get(at).user.equals(user) ? 1 : 0;
    }
    return count;
  }

  private int sessionPosition(String user, int asking) {
    int position = 0;
    long last = 0;
    for (int at = 0; at <= asking; at++) {
      Action action = log.get(at);
      if (action.user.equals(user)) {
        position = position > 0 && action.time - last <= sessionGap ? position + 1 : 1;
        last = action.time;
      }
    }
    return position;
  }
}
