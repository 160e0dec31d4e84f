package dev.freshet.client.shopper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShoppersTest {
  private static final long START = 1_767_225_600_000L;
  private static final double RATE = 200;

  private static Shoppers shoppers(long seed) {
    return new Shoppers(Shoppers.Settings.of(seed, RATE), START);
  }

  private static List<UserAction> run(Shoppers shoppers, int actions) {
    List<UserAction> run = new ArrayList<>();
    for (int i = 0; i < actions; i++) {
      run.add(shoppers.next(shoppers.nextDueMillis()).action());
    }
    return run;
  }

  private static List<UserAction> runWithFeedback(Shoppers shoppers, int actions) {
    TransitionRecommender recommender = new TransitionRecommender();
    List<UserAction> run = new ArrayList<>();
    for (int i = 0; i < actions; i++) {
      UserAction action = shoppers.next(shoppers.nextDueMillis()).action();
      recommender.learn(action);
      shoppers.observe(recommender.recommend(action));
      run.add(action);
    }
    return run;
  }

  private static long count(List<UserAction> actions, String kind) {
    return actions.stream().filter(action -> action.getAction().equals(kind)).count();
  }

  private static <K> Map<K, Long> counted(List<UserAction> actions, Function<UserAction, K> by) {
    return actions.stream().collect(Collectors.groupingBy(by, Collectors.counting()));
  }

  @Test
  void sameSeedAndSameRecommendationsGiveTheSameActions() {
    assertThat(shoppers(1).catalog()).isEqualTo(shoppers(1).catalog());
    assertThat(runWithFeedback(shoppers(1), 5_000))
        .isEqualTo(runWithFeedback(shoppers(1), 5_000))
        .isNotEqualTo(runWithFeedback(shoppers(2), 5_000));
  }

  @Test
  void theTimeAtWhichActionsHappenDecidesNothingButTheirTimeStamp() {
    Shoppers simulated = shoppers(1);
    Shoppers live = shoppers(1);
    for (int i = 0; i < 1_000; i++) {
      UserAction expected = simulated.next(simulated.nextDueMillis()).action();
      long late = live.nextDueMillis() + i % 7;
      UserAction action = live.next(late).action();
      assertThat(action.getEventTime().toEpochMilli()).isEqualTo(late);
      action.setEventTime(expected.getEventTime());
      assertThat(action).isEqualTo(expected);
    }
  }

  @Test
  void whatOneShopperIsShownDoesNotChangeWhatOthersDo() {
    Shoppers undisturbed = shoppers(1);
    Shoppers disturbed = shoppers(1);
    String shownTo = null;
    int changed = 0;
    for (int i = 0; i < 20_000; i++) {
      UserAction expected = undisturbed.next(undisturbed.nextDueMillis()).action();
      UserAction action = disturbed.next(disturbed.nextDueMillis()).action();
      if (shownTo == null) {
        shownTo = action.getUser();
      }
      if (action.getUser().equals(shownTo)) {
        changed += action.equals(expected) ? 0 : 1;
        List<String> everything =
            disturbed.catalog().stream().map(ItemUpdate::getItem).limit(500).toList();
        disturbed.observe(TransitionRecommender.answer(action, everything));
      } else {
        assertThat(action).isEqualTo(expected);
      }
    }
    assertThat(changed).isPositive();
  }

  @Test
  void eventIdsAreUniqueAndOrderAsTheActionsDo() {
    List<String> ids = run(shoppers(1), 20_000).stream().map(UserAction::getEventId).toList();
    assertThat(ids).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void actionsComeAtTheRateFromTheFirstSecond() {
    List<UserAction> actions = run(shoppers(1), 20_000);
    for (int from = 0; from < actions.size(); from += 2_000) {
      long first = actions.get(from).getEventTime().toEpochMilli();
      long last = actions.get(from + 1_999).getEventTime().toEpochMilli();
      assertThat(1_999 * 1000.0 / (last - first)).isBetween(0.9 * RATE, 1.1 * RATE);
    }
    assertThat(actions)
        .extracting(UserAction::getEventTime)
        .isSortedAccordingTo(Comparator.naturalOrder());
  }

  @Test
  void popularityIsZipf() {
    List<Long> counts =
        counted(run(shoppers(1), 200_000), UserAction::getItem).values().stream()
            .sorted(Comparator.reverseOrder())
            .toList();
    assertThat(counts).hasSizeGreaterThan(2_000);
    // Least squares in log-log over the ranks that are seen often enough.
    double n = 0;
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int rank = 5; rank <= 1_000; rank++) {
      double logRank = Math.log(rank);
      double logCount = Math.log(counts.get(rank - 1));
      n++;
      x += logRank;
      y += logCount;
      xx += logRank * logRank;
      xy += logRank * logCount;
      yy += logCount * logCount;
    }
    double slope = (n * xy - x * y) / (n * xx - x * x);
    double correlation = (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
    assertThat(slope).isBetween(-1.2, -0.6);
    assertThat(correlation).isLessThan(-0.95);
  }

  @Test
  void actionsFormAFunnel() {
    List<UserAction> actions = run(shoppers(1), 100_000);
    double views = count(actions, Shoppers.VIEW);
    double carts = count(actions, Shoppers.CART);
    double purchases = count(actions, Shoppers.PURCHASE);
    assertThat(views + carts + purchases).isEqualTo(actions.size());
    assertThat(carts / views).isBetween(0.05, 0.2);
    assertThat(purchases / carts).isBetween(0.2, 0.7);

    // Nothing is purchased that was not put into the cart in the same session, nor carted unseen.
    Map<String, Set<String>> viewed = new HashMap<>();
    Map<String, Set<String>> carted = new HashMap<>();
    for (UserAction action : actions) {
      Set<String> seen = viewed.computeIfAbsent(action.getSession(), session -> new HashSet<>());
      Set<String> cart = carted.computeIfAbsent(action.getSession(), session -> new HashSet<>());
      switch (action.getAction()) {
        case Shoppers.VIEW -> seen.add(action.getItem());
        case Shoppers.CART -> {
          assertThat(seen).contains(action.getItem());
          cart.add(action.getItem());
        }
        default -> assertThat(cart).contains(action.getItem());
      }
    }
  }

  @Test
  void shoppersComeBackForSessionsThatInterleave() {
    List<UserAction> actions = run(shoppers(1), 100_000);
    Map<String, Long> sessions = counted(actions, UserAction::getSession);
    Map<String, Long> users = counted(actions, UserAction::getUser);
    double meanLength = (double) actions.size() / sessions.size();
    assertThat(meanLength).isBetween(6.0, 10.0);
    assertThat(sessions).containsValue(1L);
    assertThat(users).hasSizeGreaterThan(1_800);
    assertThat(sessions.size() / (double) users.size()).isGreaterThan(4);

    Map<String, String> sessionOf = new HashMap<>();
    Set<String> ended = new HashSet<>();
    for (UserAction action : actions) {
      String before = sessionOf.put(action.getUser(), action.getSession());
      if (before != null && !before.equals(action.getSession())) {
        ended.add(before);
      }
      assertThat(ended.contains(action.getSession())).isFalse();
    }
    long switches = 0;
    for (int i = 1; i < actions.size(); i++) {
      switches += actions.get(i).getUser().equals(actions.get(i - 1).getUser()) ? 0 : 1;
    }
    assertThat(switches / (double) actions.size()).isGreaterThan(0.9);
  }

  @Test
  void itemsAreAnnouncedBeforeAnyoneActsOnThemAndNewOnesGetAttention() {
    Shoppers shoppers = shoppers(1);
    Set<String> announced =
        shoppers.catalog().stream().map(ItemUpdate::getItem).collect(Collectors.toSet());
    Set<String> arrived = new HashSet<>();
    int onNewItems = 0;
    for (int i = 0; i < 50_000; i++) {
      Shoppers.Step step = shoppers.next(shoppers.nextDueMillis());
      for (ItemUpdate item : step.newItems()) {
        assertThat(announced.add(item.getItem())).isTrue();
        arrived.add(item.getItem());
        assertThat(item.getAttributes())
            .containsKeys("title", "category", "line", "brand", "price_eur");
        assertThat(shoppers.title(item.getItem())).contains("(").isNotEqualTo(item.getItem());
      }
      assertThat(announced.contains(step.action().getItem())).isTrue();
      onNewItems += arrived.contains(step.action().getItem()) ? 1 : 0;
    }
    assertThat(arrived).hasSizeBetween(80, 180);
    assertThat(onNewItems).isGreaterThan(500);
  }

  @Test
  void theNextItemCanBeLearnedFromWhatFollowedBefore() {
    TransitionRecommender recommender = new TransitionRecommender();
    List<UserAction> actions = run(shoppers(1), 200_000);
    actions.subList(0, 180_000).forEach(recommender::learn);
    List<String> bestSellers =
        counted(actions.subList(0, 180_000), UserAction::getItem).entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(10)
            .map(Map.Entry::getKey)
            .toList();
    Map<String, UserAction> last = new HashMap<>();
    double views = 0;
    double learnedHits = 0;
    double popularityHits = 0;
    for (UserAction action : actions.subList(180_000, 200_000)) {
      UserAction before = last.put(action.getUser(), action);
      if (before != null && action.getAction().equals(Shoppers.VIEW)) {
        views++;
        Recommendation list = recommender.recommend(before);
        learnedHits +=
            list.getItems().stream().anyMatch(item -> item.getItem().equals(action.getItem()))
                ? 1
                : 0;
        popularityHits += bestSellers.contains(action.getItem()) ? 1 : 0;
      }
    }
    assertThat(learnedHits / views).isGreaterThan(0.2);
    assertThat(learnedHits).isGreaterThan(3 * popularityHits);
  }

  @Test
  void recommendationsAreClickedMoreTheHigherTheyStand() {
    Shoppers shoppers = shoppers(1);
    TransitionRecommender recommender = new TransitionRecommender();
    Map<String, Recommendation> shown = new HashMap<>();
    int[] clicks = new int[10];
    Random shuffler = new Random(1);
    int views = 0;
    for (int i = 0; i < 60_000; i++) {
      UserAction action = shoppers.next(shoppers.nextDueMillis()).action();
      Recommendation before = shown.get(action.getUser());
      if (action.getRecommendationId() != null) {
        assertThat(action.getRecommendationId()).isEqualTo(before.getRecommendationId());
        assertThat(action.getAction()).isEqualTo(Shoppers.VIEW);
        clicks[position(before, action.getItem())]++;
      }
      views += action.getAction().equals(Shoppers.VIEW) ? 1 : 0;
      recommender.learn(action);
      Recommendation answer = recommender.recommend(action);
      // Good and bad items at every position: what is left is the position's own effect.
      Collections.shuffle(answer.getItems(), shuffler);
      shoppers.observe(answer);
      shown.put(action.getUser(), answer);
    }
    double all = 0;
    for (int clicked : clicks) {
      all += clicked;
    }
    assertThat(all / views).isBetween(0.05, 0.5);
    assertThat(clicks[0]).isGreaterThan(2 * clicks[4]);
    assertThat(clicks[0]).isGreaterThan(3 * clicks[9]);
  }

  private static int position(Recommendation list, String item) {
    for (int i = 0; i < list.getItems().size(); i++) {
      if (list.getItems().get(i).getItem().equals(item)) {
        return i;
      }
    }
    throw new AssertionError(item + " was clicked but is not in " + list);
  }

  @Test
  void recommendedItemsAreViewedMoreOftenThanWithoutRecommendations() {
    assertThat(run(shoppers(1), 30_000))
        .allSatisfy(action -> assertThat(action.getRecommendationId()).isNull());
    // Obscure items, shown to everyone.
    Shoppers shoppers = shoppers(1);
    Map<String, Long> unaided = counted(run(shoppers(1), 60_000), UserAction::getItem);
    List<String> obscure =
        shoppers.catalog().stream()
            .map(ItemUpdate::getItem)
            .filter(item -> unaided.getOrDefault(item, 0L) < 20)
            .limit(50)
            .toList();
    long before = obscure.stream().mapToLong(item -> unaided.getOrDefault(item, 0L)).sum();
    long after = 0;
    for (int i = 0; i < 60_000; i++) {
      UserAction action = shoppers.next(shoppers.nextDueMillis()).action();
      after += obscure.contains(action.getItem()) ? 1 : 0;
      shoppers.observe(TransitionRecommender.answer(action, obscure));
    }
    assertThat(after).isGreaterThan(3 * before);
  }

  @Test
  void unknownUsersAndItemsAreIgnored() {
    Shoppers shoppers = shoppers(1);
    for (int i = 0; i < 2_000; i++) {
      UserAction action = shoppers.next(shoppers.nextDueMillis()).action();
      assertThat(action.getRecommendationId()).isNull();
      shoppers.observe(TransitionRecommender.answer(action, List.of("no such item")));
      action.setUser("no such user");
      shoppers.observe(TransitionRecommender.answer(action, List.of("i00001")));
    }
    assertThat(shoppers.title("no such item")).isEqualTo("no such item");
  }

  @Test
  void aShiftOfTastesMakesWhatWasLearnedStale() {
    Shoppers shoppers = shoppers(1);
    TransitionRecommender recommender = new TransitionRecommender();
    run(shoppers, 150_000).forEach(recommender::learn);
    double before = hitRate(recommender, run(shoppers, 20_000));
    shoppers.shiftTastes();
    double after = hitRate(recommender, run(shoppers, 20_000));
    assertThat(after).isLessThan(0.6 * before);
  }

  private static double hitRate(TransitionRecommender recommender, List<UserAction> actions) {
    Map<String, UserAction> last = new HashMap<>();
    double evaluated = 0;
    double hits = 0;
    for (UserAction action : actions) {
      UserAction before = last.put(action.getUser(), action);
      if (before != null && !before.getItem().equals(action.getItem())) {
        evaluated++;
        Recommendation list = recommender.recommend(before);
        hits +=
            list.getItems().stream().anyMatch(item -> item.getItem().equals(action.getItem()))
                ? 1
                : 0;
      }
    }
    return hits / evaluated;
  }

  @Test
  void fewShoppersAndASmallShopWorkToo() {
    Shoppers shoppers = new Shoppers(new Shoppers.Settings(1, 1, 120, 1_000), START);
    assertThat(run(shoppers, 2_000)).extracting(UserAction::getUser).containsOnly("u0000");
  }

  @Test
  void settingsThatMakeNoSenseAreRejected() {
    assertThatThrownBy(() -> Shoppers.Settings.of(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("actions per second, not 0.0");
    assertThatThrownBy(() -> Shoppers.Settings.of(1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Shoppers.Settings(1, 0, 120, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one user");
    assertThatThrownBy(() -> new Shoppers(new Shoppers.Settings(1, 1, 119, 1), START))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 120 items");
  }
}
