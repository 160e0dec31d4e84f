package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.event.Action;
import dev.freshet.jobs.event.ItemEvent;
import dev.freshet.jobs.event.ListRequest;
import dev.freshet.jobs.rank.NaiveList.Candidate;
import dev.freshet.jobs.rank.Placement.Exclusion;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.model.train.MlpRanker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What is recommended, by the definition: a single thread goes through the whole log in the order
 * of event time. What is known of a user is reckoned anew for each event from all of the user's
 * actions before it, what is known of items is kept in plain maps without a bound, and scores are
 * reckoned with the model's weights in plain Java.
 *
 * <p>It adds up in the same order as the product, with weights that differ from the product's by
 * the same power of four: so what is equal there is equal here, and ties can be told from what
 * merely lies close together. Histories of more than some 900 half-lives are beyond it.
 */
final class NaiveRecommender {

  private final UserSettings settings;
  private final HalfLives halfLives;
  private final MlpRanker model;
  private final String modelVersion;

  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, Neighbours> transitions = new HashMap<>();
  private final Map<String, Neighbours> covisits = new HashMap<>();
  private long start;
  private int steps;

  /** What is known of an item. */
  private static final class Item {
    final String id;
    final long firstSeen;
    double shortCount;
    double longCount;
    long lastAction = Long.MIN_VALUE;
    List<String> attributes = List.of();
    boolean deleted;

    Item(String id, long firstSeen) {
      this.id = id;
      this.firstSeen = firstSeen;
    }

    boolean popular() {
      return lastAction != Long.MIN_VALUE && !deleted;
    }

    List<String> values(String attribute) {
      return values(attributes, attribute);
    }

    static List<String> values(List<String> attributes, String attribute) {
      return attributes.stream()
          .filter(each -> each.startsWith(attribute + "="))
          .map(each -> each.substring(attribute.length() + 1))
          .toList();
    }
  }

  /** The items that go with an item, each with its weight and when it got it. */
  private static final class Neighbours {
    final Map<String, Double> weights = new HashMap<>();
    final Map<String, Integer> since = new HashMap<>();
    double total;

    void add(String neighbour, double weight, int step) {
      weights.merge(neighbour, weight, Double::sum);
      since.put(neighbour, step);
      total += weight;
    }

    /** The heaviest first; of the same weight, the one that has had it for longer. */
    List<String> ordered() {
      return weights.keySet().stream()
          .sorted(
              Comparator.comparing((String id) -> -weights.get(id))
                  .thenComparing(id -> since.get(id)))
          .toList();
    }
  }

  /** An action, or a request for a list; exactly one of the two is there. */
  private record Asked(Action action, ListRequest request) {
    String user() {
      return action != null ? action.user : request.user;
    }

    String id() {
      return action != null ? action.eventId : request.requestId;
    }

    String item() {
      return action != null ? action.item : request.item;
    }

    long time() {
      return action != null ? action.time : request.time;
    }
  }

  /** What is known of a user at an event, with the event if it is an action. */
  private record Known(
      Asked asked,
      List<String> recent,
      int recentInSession,
      int actions,
      int repeats,
      int sessionPosition,
      List<String> seen,
      Set<String> seenInSession,
      List<String> bought) {}

  /** An action, and what the user had acted on before. */
  private record Visit(Action action, List<String> before) {}

  /** Something that changes what is known of an item; exactly one of the two is there. */
  private record Change(Visit visit, ItemEvent update) {
    String item() {
      return visit != null ? visit.action.item : update.item;
    }

    long time() {
      return visit != null ? visit.action.time : update.time;
    }

    String id() {
      return visit != null ? visit.action.eventId : update.eventId;
    }

    String user() {
      return visit != null ? visit.action.user : "";
    }
  }

  /** What speaks for an item. */
  private static final class Signs {
    double transitionShare;
    int transitionRank = -1;
    double transitionScore;
    double covisitScore;
    int covisitRank = -1;
    double covisitWeight;
    int covisitHits;
    int seenPosition = -1;
  }

  /**
   * @param settings of users, with the placements
   * @param model scores every placement that wants a model
   */
  NaiveRecommender(
      UserSettings settings, HalfLives halfLives, MlpRanker model, String modelVersion) {
    this.settings = settings;
    this.halfLives = halfLives;
    this.model = model;
    this.modelVersion = modelVersion;
  }

  /** Every list that the log asks for. */
  List<NaiveList> recommend(UserLog log) {
    List<Known> questions = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Map<String, List<Asked>> byUser = new HashMap<>();
    log.actions().forEach(action -> add(byUser, new Asked(action, null)));
    log.requests().forEach(request -> add(byUser, new Asked(null, request)));
    byUser.values().forEach(events -> goThrough(events, questions, changes));
    log.itemUpdates().forEach(update -> changes.add(new Change(null, update)));
    questions.sort(Comparator.comparingLong(known -> known.asked.time()));
    changes.sort(
        Comparator.comparingLong(Change::time)
            .thenComparing(Change::item)
            .thenComparing(change -> change.visit != null)
            .thenComparing(Change::id)
            .thenComparing(Change::user));
    start = changes.isEmpty() ? 0 : changes.get(0).time();
    List<NaiveList> lists = new ArrayList<>();
    int applied = 0;
    for (Known known : questions) {
      while (applied < changes.size() && changes.get(applied).time() < known.asked.time()) {
        apply(changes.get(applied++));
      }
      for (Placement placement : settings.placements()) {
        if (wants(known.asked, placement)) {
          lists.add(list(known, placement));
        }
      }
    }
    return lists;
  }

  private static void add(Map<String, List<Asked>> byUser, Asked asked) {
    byUser.computeIfAbsent(asked.user(), user -> new ArrayList<>()).add(asked);
  }

  private static boolean wants(Asked asked, Placement placement) {
    return asked.request != null
        ? asked.request.placement.equals(placement.name())
        : placement.actions().contains(Placement.EVERY_ACTION)
            || placement.actions().contains(asked.action.type);
  }

  // Users

  private void goThrough(List<Asked> events, List<Known> questions, List<Change> changes) {
    events.sort(
        Comparator.comparingLong(Asked::time)
            .thenComparing(Asked::id)
            .thenComparing(asked -> asked.request != null));
    List<Action> acted = new ArrayList<>();
    for (Asked asked : events) {
      if (asked.action != null) {
        if (asked.action.item != null) {
          List<String> before = new ArrayList<>(recent(acted));
          before.remove(asked.action.item);
          changes.add(new Change(new Visit(asked.action, before), null));
        }
        acted.add(asked.action);
      }
      questions.add(known(asked, acted));
    }
  }

  /** Distinct items of some actions, the last acted on first. */
  private static List<String> distinct(List<Action> acted, Predicate<Action> which, int bound) {
    Set<String> distinct = new LinkedHashSet<>();
    for (int at = acted.size() - 1; at >= 0 && distinct.size() < bound; at--) {
      if (acted.get(at).item != null && which.test(acted.get(at))) {
        distinct.add(acted.get(at).item);
      }
    }
    return new ArrayList<>(distinct);
  }

  private List<String> recent(List<Action> acted) {
    return distinct(acted, action -> true, settings.historyLength());
  }

  private Known known(Asked asked, List<Action> acted) {
    int repeats = 0;
    int sessionStart = 0;
    for (int at = 0; at < acted.size(); at++) {
      Action action = acted.get(at);
      if (action.item != null && recent(acted.subList(0, at)).contains(action.item)) {
        repeats++;
      }
      if (at > 0 && !sameSession(acted.get(at - 1), action)) {
        sessionStart = at;
      }
    }
    List<String> recent = recent(acted);
    List<String> seen = distinct(acted, action -> true, settings.seenItems());
    int sessionPosition = 0;
    Set<String> inSession = Set.of();
    if (!acted.isEmpty() && goesOn(acted.get(acted.size() - 1), asked)) {
      sessionPosition = acted.size() - sessionStart;
      long since = acted.get(sessionStart).time;
      inSession = new HashSet<>(distinct(acted, action -> action.time >= since, Integer.MAX_VALUE));
    }
    return new Known(
        asked,
        recent,
        (int) recent.stream().filter(inSession::contains).count(),
        acted.size(),
        repeats,
        sessionPosition,
        seen,
        intersection(seen, inSession),
        distinct(
            acted,
            action -> settings.purchaseActions().contains(action.type),
            settings.seenItems()));
  }

  private boolean sameSession(Action before, Action action) {
    return before.session == null && action.session == null
        ? action.time - before.time <= settings.sessionGap()
        : Objects.equals(before.session, action.session);
  }

  /** An action is in its own session; a request may come after the last one has ended. */
  private boolean goesOn(Action last, Asked asked) {
    return asked.action != null
        || last.session != null
        || asked.time() - last.time <= settings.sessionGap();
  }

  private static Set<String> intersection(Collection<String> some, Set<String> others) {
    Set<String> both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }

  // Items

  private void apply(Change change) {
    Item item = items.computeIfAbsent(change.item(), id -> new Item(id, change.time()));
    if (change.update != null) {
      item.attributes = new ArrayList<>(new LinkedHashSet<>(List.of(change.update.attributes)));
      item.deleted = change.update.deleted;
      return;
    }
    long time = change.time();
    long before = item.lastAction == Long.MIN_VALUE ? time : item.lastAction;
    item.shortCount = item.shortCount * power(before - time, halfLives.popularityShort()) + 1;
    item.longCount = item.longCount * power(before - time, halfLives.popularityLong()) + 1;
    item.lastAction = time;
    double weight = power(time - origin(halfLives.neighbours()), halfLives.neighbours());
    List<String> earlier = change.visit.before;
    for (int back = 0; back < Math.min(ItemReplica.COVISIT_REACH, earlier.size()); back++) {
      if (back == 0) {
        neighbours(transitions, earlier.get(0)).add(item.id, weight, steps++);
      }
      neighbours(covisits, earlier.get(back)).add(item.id, weight, steps++);
      neighbours(covisits, item.id).add(earlier.get(back), weight, steps++);
      weight *= ItemReplica.COVISIT_STEP;
    }
  }

  private static Neighbours neighbours(Map<String, Neighbours> all, String item) {
    return all.computeIfAbsent(item, id -> new Neighbours());
  }

  /** 2^(elapsed / halfLife), exact for whole half-lives. */
  private static double power(long elapsed, long halfLife) {
    double part = StrictMath.pow(2, (double) Math.floorMod(elapsed, halfLife) / halfLife);
    return Math.scalb(part, (int) Math.floorDiv(elapsed, halfLife));
  }

  /** From where weights are measured: so that they are to the product's as a power of four. */
  private long origin(long halfLife) {
    return start / (2 * halfLife) * (2 * halfLife);
  }

  private double weight(double count, long time, long halfLife) {
    return count == 0 ? 0 : count * power(time - origin(halfLife), halfLife);
  }

  private double shortWeight(Item item) {
    return weight(item.shortCount, item.lastAction, halfLives.popularityShort());
  }

  private double longWeight(Item item) {
    return weight(item.longCount, item.lastAction, halfLives.popularityLong());
  }

  /** Some items, those with the greatest key first; equal ones by the hash of the id. */
  private List<String> top(Predicate<Item> which, ToDoubleFunction<Item> key) {
    return items.values().stream()
        .filter(which)
        .sorted(
            Comparator.comparing((Item item) -> -key.applyAsDouble(item))
                .thenComparing(item -> FeatureEvent.hash(item.id))
                .thenComparing(item -> item.id))
        .map(item -> item.id)
        .toList();
  }

  // Lists

  private NaiveList list(Known known, Placement placement) {
    List<String> recent = new ArrayList<>(known.recent);
    int inSession = known.recentInSession;
    String lookedAt = known.asked.request == null ? null : known.asked.request.item;
    if (lookedAt != null) {
      // It is the last item, though nobody acted on it yet.
      inSession += recent.indexOf(lookedAt) < 0 || recent.indexOf(lookedAt) >= inSession ? 1 : 0;
      recent.remove(lookedAt);
      recent.add(0, lookedAt);
    }
    int bound = Math.min(settings.historyLength(), placement.history());
    recent = recent.subList(0, Math.min(bound, recent.size()));
    Map<String, Signs> signs = signs(recent);
    boolean given = known.asked.request != null && known.asked.request.candidates != null;
    Map<String, Candidate> candidates =
        given ? given(known.asked.request.candidates) : proposed(known, placement, recent, signs);
    List<String> popularShort = top(Item::popular, this::shortWeight);
    List<String> popularLong = top(Item::popular, this::longWeight);
    for (Candidate candidate : candidates.values()) {
      candidate.features =
          features(
              known,
              inSession,
              candidate,
              signs.getOrDefault(candidate.item, new Signs()),
              popularShort.indexOf(candidate.item),
              popularLong.indexOf(candidate.item));
    }
    score(candidates.values(), placement);
    NaiveList list = new NaiveList();
    list.eventId = known.asked.id();
    list.asked = known.asked.request != null;
    list.user = known.asked.user();
    list.time = known.asked.time();
    list.placement = placement;
    list.model = placement.model().equals(Placement.NO_MODEL) ? Placement.NO_MODEL : "test";
    list.modelVersion = placement.model().equals(Placement.NO_MODEL) ? "" : modelVersion;
    list.given = given;
    list.candidates = List.copyOf(candidates.values());
    return list;
  }

  /** What speaks for which items, in the order in which one comes upon them. */
  private Map<String, Signs> signs(List<String> recent) {
    Map<String, Signs> signs = new LinkedHashMap<>();
    for (int back = 0; back < recent.size(); back++) {
      if (items.containsKey(recent.get(back))) {
        of(signs, recent.get(back)).seenPosition = back;
      }
    }
    double step = 1;
    for (int back = 0; back < Math.min(3, recent.size()); back++) {
      Neighbours next = transitions.getOrDefault(recent.get(back), new Neighbours());
      List<String> ordered = next.ordered();
      for (int rank = 0; rank < ordered.size(); rank++) {
        double share = next.weights.get(ordered.get(rank)) * (1 / next.total);
        Signs sign = of(signs, ordered.get(rank));
        sign.transitionScore += step * share;
        if (back == 0) {
          sign.transitionShare = share;
          sign.transitionRank = rank;
        }
      }
      step *= 0.5;
    }
    step = 1;
    for (int back = 0; back < Math.min(10, recent.size()); back++) {
      Neighbours around = covisits.getOrDefault(recent.get(back), new Neighbours());
      double scale = step / Math.sqrt(around.total);
      for (String neighbour : around.ordered()) {
        double weight = around.weights.get(neighbour);
        Signs sign = of(signs, neighbour);
        sign.covisitScore += scale * weight;
        sign.covisitWeight += weight;
        sign.covisitHits++;
      }
      step *= 0.8;
    }
    signs.forEach(
        (item, sign) -> {
          if (sign.covisitHits > 0) {
            sign.covisitScore /= Math.sqrt(covisits.get(item).total);
          }
        });
    List<String> best = best(signs, sign -> sign.covisitScore);
    best.forEach(item -> signs.get(item).covisitRank = best.indexOf(item));
    return signs;
  }

  private static Signs of(Map<String, Signs> signs, String item) {
    return signs.computeIfAbsent(item, id -> new Signs());
  }

  /** The items with a score, the best first; of equal ones the one that was come upon first. */
  private static List<String> best(Map<String, Signs> signs, ToDoubleFunction<Signs> score) {
    return signs.entrySet().stream()
        .filter(entry -> score.applyAsDouble(entry.getValue()) > 0)
        .sorted(
            Comparator.comparing(
                (Map.Entry<String, Signs> entry) -> -score.applyAsDouble(entry.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, Candidate> given(String[] ids) {
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    for (String id : ids) {
      candidates.computeIfAbsent(id, Candidate::new).sources.add("request");
    }
    return candidates;
  }

  private Map<String, Candidate> proposed(
      Known known, Placement placement, List<String> recent, Map<String, Signs> signs) {
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    for (Map.Entry<String, Integer> source : placement.sources().entrySet()) {
      take(
          source.getKey(),
          allowed(proposals(source.getKey(), recent, signs), known, placement),
          source.getValue(),
          placement.maxCandidates(),
          candidates);
    }
    int most = Math.min(placement.maxCandidates(), placement.listSize());
    for (String source : placement.fallback()) {
      if (candidates.size() < placement.listSize()) {
        List<String> allowed = allowed(proposals(source, recent, signs), known, placement);
        take(source, allowed, Integer.MAX_VALUE, most, candidates);
      }
    }
    return candidates;
  }

  /** Takes the first proposals of a source, as long as there is room for more candidates. */
  private static void take(
      String source,
      List<String> proposals,
      int quota,
      int most,
      Map<String, Candidate> candidates) {
    for (int place = 0; place < Math.min(quota, proposals.size()); place++) {
      if (candidates.size() == most) {
        return;
      }
      candidates.computeIfAbsent(proposals.get(place), Candidate::new).sources.add(source);
    }
  }

  /** What a source has to propose, the best first. */
  private List<String> proposals(String source, List<String> recent, Map<String, Signs> signs) {
    return switch (source) {
      case "recent" -> recent.stream().filter(items::containsKey).toList();
      case "transitions" -> best(signs, sign -> sign.transitionScore);
      case "covisits" -> best(signs, sign -> sign.covisitScore);
      case "trending" -> top(Item::popular, this::shortWeight);
      case "popular" -> top(Item::popular, this::longWeight);
      case "new" -> top(item -> !item.deleted, item -> item.firstSeen);
      default -> sameAttribute(source.substring("same-".length()), recent);
    };
  }

  /** The most popular of all items that share a value with one of the last three. */
  private List<String> sameAttribute(String attribute, List<String> recent) {
    List<String> last = recent.subList(0, Math.min(3, recent.size()));
    Set<String> values = new HashSet<>();
    for (String id : last) {
      if (items.containsKey(id)) {
        values.addAll(items.get(id).values(attribute));
      }
    }
    return top(
        item ->
            !item.deleted
                && !last.contains(item.id)
                && !Collections.disjoint(item.values(attribute), values),
        this::longWeight);
  }

  private List<String> allowed(List<String> proposals, Known known, Placement placement) {
    Set<String> excluded = new HashSet<>();
    for (Exclusion exclusion : placement.excluded()) {
      switch (exclusion) {
        case SEEN -> excluded.addAll(known.seen);
        case SEEN_IN_SESSION -> excluded.addAll(known.seenInSession);
        case BOUGHT -> excluded.addAll(known.bought);
        case CURRENT -> excluded.add(known.asked.item());
      }
    }
    return proposals.stream()
        .filter(
            id ->
                !items.get(id).deleted
                    && !excluded.contains(id)
                    && matchesAll(items.get(id), placement.required())
                    && !matchesAny(items.get(id), placement.forbidden()))
        .toList();
  }

  private static boolean matchesAll(Item item, Map<String, Set<String>> rules) {
    return rules.entrySet().stream().allMatch(rule -> matches(item, rule));
  }

  private static boolean matchesAny(Item item, Map<String, Set<String>> rules) {
    return rules.entrySet().stream().anyMatch(rule -> matches(item, rule));
  }

  private static boolean matches(Item item, Map.Entry<String, Set<String>> rule) {
    return !Collections.disjoint(item.values(rule.getKey()), rule.getValue());
  }

  // Scores

  private Map<String, Double> features(
      Known known,
      int recentInSession,
      Candidate candidate,
      Signs signs,
      int shortRank,
      int longRank) {
    long now = known.asked.time();
    Item item = items.get(candidate.item);
    double shortCount = 0;
    double longCount = 0;
    double neighbourFactor =
        1 / power(now - origin(halfLives.neighbours()), halfLives.neighbours());
    double age = Double.NaN;
    double idle = Double.NaN;
    if (item != null) {
      List<String> attributes = item.attributes; // as they are now
      candidate.values = attribute -> Item.values(attributes, attribute);
      age = logHours(now - item.firstSeen);
      if (item.lastAction != Long.MIN_VALUE) {
        long elapsed = item.lastAction - now;
        shortCount = item.shortCount * power(elapsed, halfLives.popularityShort());
        longCount = item.longCount * power(elapsed, halfLives.popularityLong());
        idle = logHours(now - item.lastAction);
      }
    }
    int position = signs.seenPosition;
    Map<String, Double> features = new HashMap<>();
    features.put("transition_share", signs.transitionShare);
    features.put("transition_reciprocal_rank", reciprocal(signs.transitionRank));
    features.put("transition_score", signs.transitionScore);
    features.put("covisit_score", signs.covisitScore);
    features.put("covisit_reciprocal_rank", reciprocal(signs.covisitRank));
    features.put("covisit_log_count", Math.log1p(signs.covisitWeight * neighbourFactor));
    features.put("covisit_recent_items", signs.covisitHits / 10.0);
    features.put("popularity_short_log", Math.log1p(shortCount));
    features.put("popularity_long_log", Math.log1p(longCount));
    features.put("popularity_short_reciprocal_rank", reciprocal(shortRank));
    features.put("popularity_long_reciprocal_rank", reciprocal(longRank));
    features.put("popularity_trend_log", Math.log((shortCount + 0.1) / (longCount + 0.1)));
    features.put("item_age_log_hours", age);
    features.put("item_idle_log_hours", idle);
    features.put("seen", position >= 0 ? 1.0 : 0.0);
    features.put("seen_reciprocal_position", reciprocal(position));
    features.put("seen_in_session", position >= 0 && position < recentInSession ? 1.0 : 0.0);
    features.put("last_item", position == 0 ? 1.0 : 0.0);
    features.put("user_actions_log", Math.log1p(known.actions));
    features.put(
        "user_repeat_share",
        known.actions < 2 ? Double.NaN : (double) known.repeats / (known.actions - 1));
    features.put("session_position_log", Math.log1p(known.sessionPosition));
    features.put("sources", (double) candidate.sources.size());
    return features;
  }

  private static double reciprocal(int rank) {
    return rank < 0 ? 0 : 1.0 / (rank + 1);
  }

  private static double logHours(long millis) {
    return Math.log1p(millis / 3_600_000.0);
  }

  private void score(Collection<Candidate> candidates, Placement placement) {
    int place = 0;
    for (Candidate candidate : candidates) {
      candidate.place = place++;
      if (placement.model().equals(Placement.NO_MODEL)) {
        candidate.score = 1.0 / place;
      } else {
        float[] row = new float[RandomLog.FEATURES.size()];
        for (int feature = 0; feature < row.length; feature++) {
          row[feature] = candidate.features.get(RandomLog.FEATURES.get(feature)).floatValue();
        }
        candidate.score = model.score(row, 1)[0];
      }
    }
  }
}
