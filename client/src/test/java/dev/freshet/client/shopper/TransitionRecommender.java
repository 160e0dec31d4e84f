package dev.freshet.client.shopper;

import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The simplest recommender that learns: what followed an item most often, then best sellers. */
final class TransitionRecommender {
  private static final int LENGTH = 10;

  private final Map<String, String> lastItems = new HashMap<>();
  private final Map<String, Map<String, Integer>> followers = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private List<String> bestSellers = List.of();
  private int learned;

  void learn(UserAction action) {
    String before = lastItems.put(action.getUser(), action.getItem());
    if (before != null && !before.equals(action.getItem())) {
      followers
          .computeIfAbsent(before, item -> new HashMap<>())
          .merge(action.getItem(), 1, Integer::sum);
    }
    counts.merge(action.getItem(), 1, Integer::sum);
    if (learned++ % 1000 == 0) {
      bestSellers = top(counts);
    }
  }

  Recommendation recommend(UserAction action) {
    Set<String> items =
        new LinkedHashSet<>(top(followers.getOrDefault(action.getItem(), Map.of())));
    items.addAll(bestSellers);
    items.remove(action.getItem());
    return answer(action, items.stream().limit(LENGTH).toList());
  }

  static Recommendation answer(UserAction action, List<String> items) {
    List<RankedItem> ranked = new ArrayList<>();
    for (String item : items) {
      ranked.add(new RankedItem(item, 1f / (1 + ranked.size()), "transition"));
    }
    return Recommendation.newBuilder()
        .setRecommendationId("r-" + action.getEventId())
        .setEventId(action.getEventId())
        .setUser(action.getUser())
        .setPlacement("next")
        .setEventTime(action.getEventTime())
        .setModelVersion("1")
        .setItems(ranked)
        .setEmissionTime(action.getEventTime())
        .build();
  }

  private static List<String> top(Map<String, Integer> counted) {
    return counted.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(LENGTH)
        .map(Map.Entry::getKey)
        .toList();
  }
}
