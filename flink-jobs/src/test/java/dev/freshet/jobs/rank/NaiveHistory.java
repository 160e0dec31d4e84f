package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.user.UserSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * All that a user ever did, from which everything is reckoned anew each time. A late action counts
 * where its time puts it, but is part of no session unless it is the newest.
 */
final class NaiveHistory {

  private final UserSettings settings;

  /** In the order in which they were handled. */
  private final List<FeatureEvent> acted = new ArrayList<>();

  /** What is known of a user at an event, with the event if it is an action. */
  record Known(
      NaiveEvent asked,
      List<String> recent,
      int recentInSession,
      int actions,
      int repeats,
      int sessionPosition,
      List<String> seen,
      Set<String> seenInSession,
      List<String> bought) {}

  NaiveHistory(UserSettings settings) {
    this.settings = settings;
  }

  void add(FeatureEvent action) {
    acted.add(action);
  }

  /** The last items without the action's own, and without what came after it. */
  List<String> before(FeatureEvent action) {
    return recent(acted).stream()
        .filter(item -> !item.equals(action.item) && lastTime(item) <= action.time)
        .toList();
  }

  private long lastTime(String item) {
    return acted.stream()
        .filter(action -> item.equals(action.item))
        .mapToLong(action -> action.time)
        .max()
        .orElseThrow();
  }

  /** Distinct items of some actions, the last acted on first. */
  private static List<String> distinct(
      List<FeatureEvent> acted, Predicate<FeatureEvent> which, int bound) {
    List<FeatureEvent> byTime = new ArrayList<>(acted);
    byTime.sort(Comparator.comparingLong(action -> action.time));
    Set<String> distinct = new LinkedHashSet<>();
    for (int at = byTime.size() - 1; at >= 0 && distinct.size() < bound; at--) {
      if (byTime.get(at).item != null && which.test(byTime.get(at))) {
        distinct.add(byTime.get(at).item);
      }
    }
    return new ArrayList<>(distinct);
  }

  private List<String> recent(List<FeatureEvent> some) {
    return distinct(some, action -> true, settings.historyLength());
  }

  Known known(NaiveEvent asked) {
    int repeats = 0;
    int sessionPosition = 0;
    long sessionStart = 0;
    FeatureEvent newest = null;
    for (int at = 0; at < acted.size(); at++) {
      FeatureEvent action = acted.get(at);
      if (action.item != null && recent(acted.subList(0, at)).contains(action.item)) {
        repeats++;
      }
      if (newest == null || action.time >= newest.time) {
        if (newest == null || !sameSession(newest, action)) {
          sessionPosition = 0;
          sessionStart = action.time;
        }
        sessionPosition++;
        newest = action;
      }
    }
    List<String> recent = recent(acted);
    List<String> seen = distinct(acted, action -> true, settings.seenItems());
    Set<String> inSession = new HashSet<>();
    if (newest != null && goesOn(newest, asked)) {
      long since = sessionStart;
      inSession.addAll(distinct(acted, action -> action.time >= since, Integer.MAX_VALUE));
    } else {
      sessionPosition = 0;
    }
    Set<String> seenInSession = new HashSet<>(seen);
    seenInSession.retainAll(inSession);
    return new Known(
        asked,
        recent,
        (int) recent.stream().filter(inSession::contains).count(),
        acted.size(),
        repeats,
        sessionPosition,
        seen,
        seenInSession,
        distinct(
            acted,
            action -> settings.purchaseActions().contains(action.action),
            settings.seenItems()));
  }

  private boolean sameSession(FeatureEvent before, FeatureEvent action) {
    return before.session == null && action.session == null
        ? action.time - before.time <= settings.sessionGap()
        : Objects.equals(before.session, action.session);
  }

  /** An action is in its own session; a request may come after the last one has ended. */
  private boolean goesOn(FeatureEvent last, NaiveEvent asked) {
    return asked.action() != null
        || last.session != null
        || asked.time() - last.time <= settings.sessionGap();
  }
}
