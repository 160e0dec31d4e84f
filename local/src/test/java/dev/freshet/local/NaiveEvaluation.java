package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.freshet.evaluation.ClusteredMean;
import dev.freshet.evaluation.Estimate;
import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The evaluation of a placement's lists in windows, as the job emits it, recomputed from the
 * actions and the lists alone. Short: what users did doesn't decay here.
 */
final class NaiveEvaluation {

  private static final int GROUPS = 1024;
  private static final int SHOWN = 10;

  private record Shown(List<RankedItem> items, double novelty) {}

  /** Of one window. */
  private static final class Window {
    long tests;
    long hits5;
    long hits20;
    final ClusteredMean hits = new ClusteredMean(GROUPS);
    final ClusteredMean reciprocals = new ClusteredMean(GROUPS);
    final ClusteredMean gains = new ClusteredMean(GROUPS);
    final Set<Integer> groups = new HashSet<>();
    final Set<String> items = new HashSet<>();
    long places;
    double novelty;
  }

  private final long length;
  private final boolean excludeSeen;
  private final Map<Long, Window> windows = new HashMap<>();
  private final Map<String, Shown> lastLists = new HashMap<>();
  private final Map<String, Set<String>> seen = new HashMap<>();
  private final Map<String, Integer> actionsOn = new HashMap<>();
  private int actions;

  /** Items acted on at the last time: not before it. */
  private final List<String> atOnce = new ArrayList<>();

  private long now;

  NaiveEvaluation(long length, boolean excludeSeen) {
    this.length = length;
    this.excludeSeen = excludeSeen;
  }

  /** Takes the next action in event order, and the list that answered it. */
  void add(UserAction action, Recommendation answer) {
    long time = action.getEventTime().toEpochMilli();
    if (time > now) {
      atOnce.forEach(item -> actionsOn.merge(item, 1, Integer::sum));
      actions += atOnce.size();
      atOnce.clear();
      now = time;
    }
    String item = action.getItem();
    if (item != null) {
      atOnce.add(item);
      Shown last = lastLists.get(action.getUser());
      boolean isNew = seen.computeIfAbsent(action.getUser(), user -> new HashSet<>()).add(item);
      if (last != null && (isNew || !excludeSeen)) {
        long end = (time / length + 1) * length;
        judge(windows.computeIfAbsent(end, any -> new Window()), action, last);
      }
    }
    List<RankedItem> list = answer.getItems();
    double novelty = 0;
    for (RankedItem each : first(list)) {
      int count = Math.max(1, actionsOn.getOrDefault(each.getItem(), 0));
      novelty += Math.log(Math.max(1, actions) / (double) count) / Math.log(2);
    }
    lastLists.put(action.getUser(), new Shown(list, novelty));
  }

  private static List<RankedItem> first(List<RankedItem> list) {
    return list.subList(0, Math.min(SHOWN, list.size()));
  }

  private static void judge(Window window, UserAction action, Shown list) {
    int rank = rank(list.items, action.getItem());
    boolean hit = rank >= 1 && rank <= SHOWN;
    int group = (int) (FeatureEvent.hash(action.getUser()) >>> 54);
    window.tests++;
    window.hits5 += rank >= 1 && rank <= 5 ? 1 : 0;
    window.hits20 += rank >= 1 && rank <= 20 ? 1 : 0;
    window.groups.add(group);
    window.hits.add(group, hit ? 1 : 0);
    window.reciprocals.add(group, hit ? 1.0 / rank : 0);
    window.gains.add(group, hit ? Math.log(2) / Math.log(rank + 1) : 0);
    window.novelty += list.novelty;
    window.places += first(list.items).size();
    first(list.items).forEach(each -> window.items.add(each.getItem()));
  }

  /** Behind all of the same score; 0: it is not there. */
  private static int rank(List<RankedItem> list, String wanted) {
    for (RankedItem each : list) {
      if (each.getItem().equals(wanted)) {
        return (int) list.stream().filter(other -> !(other.getScore() < each.getScore())).count();
      }
    }
    return 0;
  }

  /** Fails unless the job emitted the same, in one record a window. */
  void assertSame(List<Evaluation> emitted) {
    assertThat(emitted)
        .extracting(window -> window.getEndTime().toEpochMilli())
        .containsExactlyInAnyOrderElementsOf(windows.keySet());
    for (Evaluation window : emitted) {
      assertSame(window, windows.get(window.getEndTime().toEpochMilli()));
    }
  }

  private static void assertSame(Evaluation emitted, Window expected) {
    double tests = expected.tests;
    assertThat(emitted.getTests()).isEqualTo(expected.tests);
    assertThat(emitted.getHitRate5()).isEqualTo(expected.hits5 / tests);
    assertThat(emitted.getHitRate20()).isEqualTo(expected.hits20 / tests);
    assertThat(emitted.getUserGroups()).isEqualTo(expected.groups.size());
    Estimate hits = expected.hits.wilson();
    assertThat(emitted.getHitRate10()).isCloseTo(hits.value(), within(1e-12));
    assertThat(emitted.getHitRate10Low()).isCloseTo(hits.low(), within(1e-9));
    assertThat(emitted.getHitRate10High()).isCloseTo(hits.high(), within(1e-9));
    Estimate reciprocals = expected.reciprocals.normal();
    assertThat(emitted.getMrr10()).isCloseTo(reciprocals.value(), within(1e-9));
    assertThat(emitted.getMrr10Low()).isCloseTo(reciprocals.low(), within(1e-8));
    assertThat(emitted.getMrr10High()).isCloseTo(reciprocals.high(), within(1e-8));
    Estimate gains = expected.gains.normal();
    assertThat(emitted.getNdcg10()).isCloseTo(gains.value(), within(1e-9));
    assertThat(emitted.getNdcg10Low()).isCloseTo(gains.low(), within(1e-8));
    assertThat(emitted.getNdcg10High()).isCloseTo(gains.high(), within(1e-8));
    assertThat(emitted.getItems10()).isCloseTo(expected.items.size(), withinPercentage(5));
    assertThat(emitted.getCoverage10())
        .isEqualTo(Math.min(1, (double) emitted.getItems10() / emitted.getItemsKnown()));
    assertThat(emitted.getNovelty10()).isCloseTo(expected.novelty / expected.places, within(1e-3));
  }
}
