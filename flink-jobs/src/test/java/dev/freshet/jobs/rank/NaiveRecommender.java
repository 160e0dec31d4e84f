package dev.freshet.jobs.rank;

import dev.freshet.jobs.rank.NaiveEvent.Moment;
import dev.freshet.jobs.rank.NaiveHistory.Known;
import dev.freshet.jobs.rank.NaiveItems.Change;
import dev.freshet.jobs.rank.NaiveItems.Item;
import dev.freshet.jobs.rank.NaiveItems.Neighbours;
import dev.freshet.jobs.rank.NaiveList.Candidate;
import dev.freshet.jobs.rank.NaiveModels.Choice;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.replica.HalfLives;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What is recommended, by the definition: a single thread goes through all that happened, in the
 * order in which it is handled. What is known of a user is reckoned anew for each event from all of
 * the user's actions before it ({@link NaiveHistory}), what is known of items is kept in plain maps
 * ({@link NaiveItems}), and scores are reckoned with the model's weights in plain Java ({@link
 * NaiveModels}).
 *
 * <p>It adds up in the same order as the product, with weights that differ from the product's by
 * the same power of four: so what is equal there is equal here, and ties can be told from what
 * merely lies close together. Histories of more than some 900 half-lives are beyond it.
 */
final class NaiveRecommender {

  private final UserSettings settings;
  private final ReplicaSettings replica;
  private final NaiveModels models;
  private NaiveItems items;

  /** What speaks for an item. */
  private static final class Signs {
    double transitionShare;
    int transitionRank = -1;
    double transitionScore;
    double covisitScore;
    int covisitRank = -1;
    double covisitWeight;
    int covisitHits;
    double knnScore;
    int knnRank = -1;
    int knnNeighbours;
    int seenPosition = -1;
  }

  /** What one list is made from. */
  private record Evidence(
      Known known,
      List<String> recent,
      int recentInSession,
      Map<String, Signs> signs,
      float[] direction) {

    /**
     * Whether the order of the nearest sessions' items hangs on the last digits: the product has
     * logarithms within 3e-9, and scores that are equal but for that can't be told apart.
     */
    boolean isUndecided() {
      double[] scores =
          signs.values().stream().mapToDouble(sign -> sign.knnScore).sorted().toArray();
      return IntStream.range(1, scores.length)
          .anyMatch(
              at ->
                  scores[at] != scores[at - 1] && scores[at] - scores[at - 1] < 1e-8 * scores[at]);
    }
  }

  /**
   * @param settings of users, with the placements
   */
  NaiveRecommender(UserSettings settings, ReplicaSettings replica, NaiveModels models) {
    this.settings = settings;
    this.replica = replica;
    this.models = models;
  }

  /** Every list that is asked for, also in the shadow. */
  List<NaiveList> recommend(List<NaiveEvent> events) {
    List<Known> questions = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Map<String, List<NaiveEvent>> byUser = new HashMap<>();
    for (NaiveEvent event : events) {
      if (event.update() != null) {
        changes.add(new Change(event.moment().ofChange(), event, List.of()));
      } else {
        byUser.computeIfAbsent(event.user(), user -> new ArrayList<>()).add(event);
      }
    }
    byUser.values().forEach(each -> goThrough(each, questions, changes));
    questions.sort(Comparator.comparing(known -> known.asked().moment()));
    changes.sort(Change.ORDER);
    List<NaiveEvent> told = new ArrayList<>(changes.stream().map(Change::event).toList());
    told.sort(Comparator.comparing(NaiveEvent::moment)); // late ones after all that was on time
    long start = changes.stream().mapToLong(change -> change.event().time()).min().orElse(0);
    items = new NaiveItems(replica, start);
    List<NaiveList> lists = new ArrayList<>();
    int applied = 0;
    for (Known known : questions) {
      while (applied < changes.size()
          && changes.get(applied).moment().compareTo(known.asked().moment()) < 0) {
        int from = applied++;
        while (applied < changes.size() && changes.get(applied).isToldWith(changes.get(from))) {
          applied++;
        }
        // Of items all is known as soon as the watermark comes to it; ranking sees it after that.
        Moment moment = changes.get(from).event().moment();
        while (!told.isEmpty() && told.get(0).moment().compareTo(moment) <= 0) {
          items.tell(told.remove(0));
        }
        items.apply(changes.subList(from, applied));
      }
      for (Placement placement : settings.placements()) {
        if (wants(known.asked(), placement)) {
          lists.addAll(lists(known, placement));
        }
      }
    }
    return lists;
  }

  /** How many items were given up. */
  int evictions() {
    return items.evictions();
  }

  private static boolean wants(NaiveEvent asked, Placement placement) {
    return asked.request() != null
        ? asked.request().placement.equals(placement.name())
        : placement.actions().contains(Placement.EVERY_ACTION)
            || placement.actions().contains(asked.action().action);
  }

  private void goThrough(List<NaiveEvent> events, List<Known> questions, List<Change> changes) {
    events.sort(NaiveEvent.HANDLED);
    NaiveHistory history = new NaiveHistory(settings);
    for (NaiveEvent event : events) {
      if (event.action() != null) {
        if (event.item() != null) {
          List<String> before = history.before(event.action());
          changes.add(new Change(event.moment().ofChange(), event, before));
        }
        history.add(event.action());
      }
      questions.add(history.known(event));
    }
  }

  // Lists

  /** The list that is served, then those in the shadow. */
  private List<NaiveList> lists(Known known, Placement placement) {
    NaiveEvent asked = known.asked();
    Evidence evidence = evidence(known, placement);
    boolean given = asked.request() != null && asked.request().candidates != null;
    Map<String, Candidate> candidates =
        given ? given(asked.request().candidates) : proposed(evidence, placement);
    List<String> popularShort = items.trending();
    List<String> popularLong = items.popular();
    for (Candidate candidate : candidates.values()) {
      candidate.features =
          features(
              evidence,
              candidate,
              popularShort.indexOf(candidate.item),
              popularLong.indexOf(candidate.item));
    }
    List<Choice> choices = new ArrayList<>();
    choices.add(models.choose(placement.model(), asked.time(), asked.user()));
    choices.addAll(models.shadows(placement.model(), asked.time()));
    List<NaiveList> lists = new ArrayList<>();
    for (Choice choice : choices) {
      NaiveList list = new NaiveList();
      list.eventId = asked.id();
      list.asked = asked.request() != null;
      list.user = asked.user();
      list.time = asked.time();
      list.late = asked.late();
      list.placement = placement;
      list.choice = choice;
      list.shadow = !lists.isEmpty();
      list.given = given;
      list.undecided = evidence.isUndecided();
      list.candidates = scored(candidates.values(), choice);
      lists.add(list);
    }
    return lists;
  }

  private Evidence evidence(Known known, Placement placement) {
    List<String> recent = new ArrayList<>(known.recent());
    int inSession = known.recentInSession();
    String lookedAt = known.asked().request() == null ? null : known.asked().item();
    if (lookedAt != null) {
      // It is the last item, though nobody acted on it yet.
      inSession += recent.indexOf(lookedAt) < 0 || recent.indexOf(lookedAt) >= inSession ? 1 : 0;
      recent.remove(lookedAt);
      recent.add(0, lookedAt);
    }
    int bound = Math.min(settings.historyLength(), placement.history());
    recent = recent.subList(0, Math.min(bound, recent.size()));
    return new Evidence(
        known, recent, inSession, signs(known, recent), items.vectors.direction(recent));
  }

  /** What is known holds for now, which a late event may lie before. */
  private long now(Known known) {
    return Math.max(known.asked().time(), items.latest);
  }

  /** What speaks for which items, in the order in which one comes upon them. */
  private Map<String, Signs> signs(Known known, List<String> recent) {
    Map<String, Signs> signs = new LinkedHashMap<>();
    for (int back = 0; back < recent.size(); back++) {
      if (items.known.containsKey(recent.get(back))) {
        of(signs, recent.get(back)).seenPosition = back;
      }
    }
    double step = 1;
    for (int back = 0; back < Math.min(3, recent.size()); back++) {
      Neighbours next = items.transitions(recent.get(back));
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
      Neighbours around = items.covisits(recent.get(back));
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
            sign.covisitScore /= Math.sqrt(items.covisits(item).total);
          }
        });
    List<String> best = best(signs, sign -> sign.covisitScore);
    best.forEach(item -> signs.get(item).covisitRank = best.indexOf(item));
    items
        .sessions
        .scores(known.asked().user(), recent, now(known), replica.halfLives().neighbours())
        .forEach(
            (item, score) -> {
              of(signs, item).knnScore = score.score;
              of(signs, item).knnNeighbours = score.neighbours;
            });
    List<String> nearest = best(signs, sign -> sign.knnScore);
    nearest.forEach(item -> signs.get(item).knnRank = nearest.indexOf(item));
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

  private Map<String, Candidate> proposed(Evidence evidence, Placement placement) {
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    for (Map.Entry<String, Integer> source : placement.sources().entrySet()) {
      List<String> allowed = allowed(proposals(source.getKey(), evidence), evidence, placement);
      take(
          source.getKey(),
          allowed,
          source.getValue(),
          placement.maxCandidates(),
          candidates,
          evidence);
    }
    int most = Math.min(placement.maxCandidates(), placement.listSize());
    for (String source : placement.fallback()) {
      if (candidates.size() < placement.listSize()) {
        List<String> allowed = allowed(proposals(source, evidence), evidence, placement);
        take(source, allowed, Integer.MAX_VALUE, most, candidates, evidence);
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
      Map<String, Candidate> candidates,
      Evidence evidence) {
    for (int place = 0; place < Math.min(quota, proposals.size()); place++) {
      if (candidates.size() == most) {
        return;
      }
      candidates.computeIfAbsent(proposals.get(place), Candidate::new).sources.add(source);
      of(evidence.signs, proposals.get(place)); // one has come upon it now
    }
  }

  /** What a source has to propose, the best first. */
  private List<String> proposals(String source, Evidence evidence) {
    return switch (source) {
      case "recent" -> evidence.recent.stream().filter(items.known::containsKey).toList();
      case "transitions" -> best(evidence.signs, sign -> sign.transitionScore);
      case "covisits" -> best(evidence.signs, sign -> sign.covisitScore);
      case "knn" -> best(evidence.signs, sign -> sign.knnScore);
      case "embedding" -> near(evidence);
      case "trending" -> items.trending();
      case "popular" -> items.popular();
      case "new" -> items.top(Item::listed, item -> item.firstSeen);
      default -> sameAttribute(source.substring("same-".length()), evidence.recent);
    };
  }

  /** The nearest by their signs first; of equally near ones the one that was come upon first. */
  private List<String> near(Evidence evidence) {
    return items.vectors.near(evidence.direction).stream()
        .filter(item -> !evidence.recent.contains(item))
        .sorted(Comparator.comparing(item -> -items.vectors.estimate(item, evidence.direction)))
        .toList();
  }

  /** The most popular of all items that share a value with one of the last three. */
  private List<String> sameAttribute(String attribute, List<String> recent) {
    List<String> last = recent.subList(0, Math.min(3, recent.size()));
    Set<String> values = new HashSet<>();
    for (String id : last) {
      if (items.known.containsKey(id)) {
        values.addAll(items.known.get(id).values(attribute));
      }
    }
    return items.top(
        item ->
            item.listed()
                && !last.contains(item.id)
                && !Collections.disjoint(item.values(attribute), values),
        items::longWeight);
  }

  private List<String> allowed(List<String> proposals, Evidence evidence, Placement placement) {
    Known known = evidence.known;
    Set<String> excluded = new HashSet<>();
    for (Exclusion exclusion : placement.excluded()) {
      switch (exclusion) {
        case SEEN -> excluded.addAll(known.seen());
        case SEEN_IN_SESSION -> excluded.addAll(known.seenInSession());
        case BOUGHT -> excluded.addAll(known.bought());
        case CURRENT -> excluded.add(known.asked().item());
      }
    }
    return proposals.stream()
        .filter(
            id ->
                !items.known.get(id).deleted
                    && !excluded.contains(id)
                    && matchesAll(items.known.get(id), placement.required())
                    && !matchesAny(items.known.get(id), placement.forbidden()))
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
      Evidence evidence, Candidate candidate, int shortRank, int longRank) {
    Known known = evidence.known;
    Signs signs = evidence.signs.getOrDefault(candidate.item, new Signs());
    long asOf = known.asked().time();
    long now = now(known);
    Item item = items.known.get(candidate.item);
    double shortCount = 0;
    double longCount = 0;
    double age = Double.NaN;
    double idle = Double.NaN;
    double similarity = 0;
    if (item != null) {
      List<String> attributes = item.attributes; // as they are now
      candidate.values = attribute -> Item.values(attributes, attribute);
      similarity = items.vectors.similarity(item.id, evidence.direction);
      if (item.lastChange != Long.MIN_VALUE) {
        age = logHours(asOf - item.firstSeen);
      }
      if (item.lastAction != Long.MIN_VALUE) {
        HalfLives halfLives = replica.halfLives();
        long elapsed = item.lastAction - now;
        shortCount = item.shortCount * NaiveItems.power(elapsed, halfLives.popularityShort());
        longCount = item.longCount * NaiveItems.power(elapsed, halfLives.popularityLong());
        idle = logHours(asOf - item.lastAction);
      }
    }
    int position = signs.seenPosition;
    Map<String, Double> features = new HashMap<>();
    features.put("transition_share", signs.transitionShare);
    features.put("transition_reciprocal_rank", reciprocal(signs.transitionRank));
    features.put("transition_score", signs.transitionScore);
    features.put("covisit_score", signs.covisitScore);
    features.put("covisit_reciprocal_rank", reciprocal(signs.covisitRank));
    features.put("covisit_log_count", Math.log1p(signs.covisitWeight / items.neighbourWeight(now)));
    features.put("covisit_recent_items", signs.covisitHits / 10.0);
    features.put("popularity_short_log_count", Math.log(shortCount + 0.1));
    features.put("popularity_long_log_count", Math.log(longCount + 0.1));
    features.put("popularity_short_reciprocal_rank", reciprocal(shortRank));
    features.put("popularity_long_reciprocal_rank", reciprocal(longRank));
    features.put("item_age_log_hours", age);
    features.put("item_idle_log_hours", idle);
    features.put("seen", position >= 0 ? 1.0 : 0.0);
    features.put("seen_reciprocal_position", reciprocal(position));
    features.put(
        "seen_in_session", position >= 0 && position < evidence.recentInSession ? 1.0 : 0.0);
    features.put("last_item", position == 0 ? 1.0 : 0.0);
    features.put("user_actions_log", Math.log1p(known.actions()));
    features.put(
        "user_repeat_share",
        known.actions() < 2 ? Double.NaN : (double) known.repeats() / (known.actions() - 1));
    features.put("session_position_log", Math.log1p(known.sessionPosition()));
    features.put("sources", (double) candidate.sources.size());
    features.put("knn_score", signs.knnScore);
    features.put("knn_reciprocal_rank", reciprocal(signs.knnRank));
    features.put("knn_neighbours_log", Math.log1p(signs.knnNeighbours));
    features.put("embedding_similarity", similarity);
    return features;
  }

  private static double reciprocal(int rank) {
    return rank < 0 ? 0 : 1.0 / (rank + 1);
  }

  /** What lies after a late event is as if it were of the same time. */
  private static double logHours(long millis) {
    return Math.log1p(Math.max(0, millis) / 3_600_000.0);
  }

  private List<Candidate> scored(Collection<Candidate> candidates, Choice choice) {
    List<Candidate> scored = new ArrayList<>();
    for (Candidate candidate : candidates) {
      double inOrder = 1.0 / (scored.size() + 1);
      scored.add(
          candidate.scored(
              scored.size(),
              choice.version().isEmpty()
                  ? inOrder
                  : models.score(choice.version(), row(candidate.features))));
    }
    return scored;
  }

  private static float[] row(Map<String, Double> features) {
    float[] row = new float[RankingFeatures.NAMES.size()];
    for (int feature = 0; feature < row.length; feature++) {
      row[feature] = features.get(RankingFeatures.NAMES.get(feature)).floatValue();
    }
    return row;
  }
}
