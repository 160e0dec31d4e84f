package dev.freshet.config;

import dev.freshet.ranking.list.Placement.Exclusion;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What ranking remembers, and how lists are made.
 *
 * @param historyLength items remembered per user
 * @param sessionGap without an action, after which a new session begins
 * @param trendingHalfLife after which an action counts half towards what is popular now
 * @param popularHalfLife after which an action counts half towards what is popular over a long
 *     time; at least {@code trendingHalfLife}
 * @param neighbourHalfLife after which two items seen together count half
 * @param maxItems items that ranking keeps at most; beyond, it forgets those that are least asked
 *     for
 * @param seenItems distinct items remembered per user for lists that leave out what was seen, and
 *     as many for what was bought
 * @param purchaseActions kinds of action that are a purchase
 * @param explanations whether what each list was made from is written
 * @param placements the kinds of list, by their names
 */
public record RankingConfig(
    int historyLength,
    Duration sessionGap,
    Duration trendingHalfLife,
    Duration popularHalfLife,
    Duration neighbourHalfLife,
    int maxItems,
    int seenItems,
    List<String> purchaseActions,
    boolean explanations,
    Map<String, PlacementConfig> placements)
    implements Section, Serializable {
  /** No dot: a full key must say where the name ends. */
  private static final Pattern PLACEMENT_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public RankingConfig {
    purchaseActions = List.copyOf(purchaseActions);
    placements = Section.inOrder(placements);
  }

  static RankingConfig defaults() {
    return new RankingConfig(
        20,
        Duration.ofMinutes(30),
        Duration.ofDays(1),
        Duration.ofDays(30),
        Duration.ofDays(30),
        1_000_000,
        500,
        List.of("purchase", "buy", "order"),
        false,
        Map.of("home", PlacementConfig.defaults()));
  }

  /** Name of the placement that comes first in the file. */
  public String firstPlacement() {
    return placements.keySet().iterator().next();
  }

  @Override
  public void check(Check check) {
    check.range("history-length", historyLength, 1, 1000);
    check.range("session-gap", sessionGap, Duration.ofSeconds(1), Duration.ofDays(7));
    Duration shortest = Duration.ofMinutes(1);
    Duration longest = Duration.ofDays(3650);
    check.range("trending-half-life", trendingHalfLife, shortest, longest);
    check.range("popular-half-life", popularHalfLife, shortest, longest);
    check.require(
        trendingHalfLife.compareTo(popularHalfLife) <= 0,
        "trending-half-life is longer than popular-half-life",
        "Swap them.",
        "trending-half-life",
        "popular-half-life");
    check.range("neighbour-half-life", neighbourHalfLife, shortest, longest);
    check.range("max-items", maxItems, 1_000, 100_000_000);
    check.range("seen-items", seenItems, 0, 10_000);
    check.require(
        !placements.isEmpty(), "names no placement", "Name one, such as home: {}.", "placements");
    placements.forEach(
        (name, placement) -> {
          String key = "placements." + name;
          check.require(
              PLACEMENT_NAME.matcher(name).matches(),
              "is not a name of a placement",
              "Use 1 to 64 of the characters A-Z, a-z, 0-9, '_' and '-'.",
              key);
          check.require(
              seenItems > 0 || placement.exclude().isEmpty(),
              "leaves out what the user knows, but nothing of it is remembered",
              "Raise ranking.seen-items, or remove ranking." + key + ".exclude.",
              key + ".exclude",
              "seen-items");
          check.require(
              !placement.exclude().contains(Exclusion.BOUGHT) || !purchaseActions.isEmpty(),
              "leaves out what the user bought, but no action is a purchase",
              "Name some in ranking.purchase-actions.",
              key + ".exclude",
              "purchase-actions");
        });
  }
}
