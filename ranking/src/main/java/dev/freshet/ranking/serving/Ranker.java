package dev.freshet.ranking.serving;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.TopRows;
import dev.freshet.ranking.feature.FeatureRows;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.ListMaker;
import dev.freshet.ranking.list.ListNovelty;
import dev.freshet.ranking.list.ListSelection;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import dev.freshet.ranking.source.CandidateSources;
import dev.freshet.schema.ExplainedItem;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.RankedItem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a request into lists: gathers candidates, computes their features, has them scored in one
 * call and keeps the best. It holds no state of its own: all state is in the replica.
 *
 * <p>Each list has a call of its own: a score then never depends on which requests became due
 * together.
 */
public final class Ranker {

  /** Candidates of a list at most that the request itself gives. */
  static final int MOST_GIVEN = 1_000;

  private final ItemReplica replica;
  private final RankingContext context;
  private final CandidateSet candidates;
  private final Map<String, Prepared> placements = new HashMap<>();

  /** Names of all sources; a source's number is its place here. */
  private final List<String> sourceNames;

  private final int sampledNegatives;
  private final TopRows sampled = new TopRows();

  private final FeatureRows rows;

  private RankRequest request;
  private int history;
  private Prepared placement;
  private ListSelection selection;
  private FloatBuffer scores;

  /**
   * A placement, ready to make lists.
   *
   * @param withFeatures whether features are computed: a model scores, or lists are recorded with
   *     their features
   * @param needs kinds of evidence for a list of the placement's sources
   * @param needsIfGiven kinds of evidence when the request gives the candidates
   */
  private record Prepared(
      ListMaker maker,
      boolean withFeatures,
      Set<EvidenceKind> needs,
      Set<EvidenceKind> needsIfGiven) {}

  /** A ranker with the sources and features of the product. */
  public Ranker(ItemReplica replica, RankerSettings settings) {
    this(replica, settings, CandidateSources.STANDARD, RankingFeatures.STANDARD);
  }

  /** A ranker with other sources or features: those of the product and some more. */
  public Ranker(
      ItemReplica replica,
      RankerSettings settings,
      CandidateSources sources,
      RankingFeatures features) {
    this.replica = replica;
    this.sampledNegatives = settings.sampledNegatives();
    int capacity = settings.mostCandidates();
    this.context = new RankingContext(replica, settings.historyLength());
    this.rows = new FeatureRows(context, features.with(settings.stored()), capacity);
    this.candidates = new CandidateSet(replica, context.evidence(), capacity);
    this.sourceNames = sourceNames(settings.placements());
    for (Placement each : settings.placements()) {
      ListMaker maker = new ListMaker(replica, each, sources, sourceNames, capacity);
      boolean withFeatures =
          !each.model().equals(Placement.NO_MODEL)
              || settings.training()
              || settings.explanations();
      Set<EvidenceKind> needsIfGiven =
          withFeatures ? features.needs() : EnumSet.noneOf(EvidenceKind.class);
      Set<EvidenceKind> needs = maker.needs();
      needs.addAll(needsIfGiven);
      placements.put(each.name(), new Prepared(maker, withFeatures, needs, needsIfGiven));
    }
  }

  private static List<String> sourceNames(List<Placement> placements) {
    Set<String> names = new LinkedHashSet<>();
    names.add(CandidateSources.GIVEN);
    for (Placement placement : placements) {
      names.addAll(placement.sources().keySet());
      names.addAll(placement.fallback());
    }
    if (names.size() > CandidateSet.MOST_SOURCES) {
      throw new IllegalArgumentException(
          "The placements use %d sources; %d are possible"
              .formatted(names.size(), CandidateSet.MOST_SOURCES));
    }
    return List.copyOf(names);
  }

  /** The placement's settings, or null if none is called so. */
  public Placement placement(String name) {
    Prepared prepared = placements.get(name);
    return prepared == null ? null : prepared.maker().placement();
  }

  /** Names of all sources that any placement uses; a source's number is its place here. */
  public List<String> sourceNames() {
    return sourceNames;
  }

  /** Forgets the last request: the replica has gone on. */
  public void moveOn() {
    request = null;
  }

  /**
   * Gathers the candidates of a list, as of the request's event time, which the replica must stand
   * at, and computes their features if anything reads them.
   *
   * @param name of a placement
   * @return how many there are; 0 when nothing at all is known yet
   */
  public int gather(RankRequest request, String name) {
    placement = placements.get(name);
    selection = placement.maker().selection();
    int wantedHistory = placement.maker().placement().history();
    Set<EvidenceKind> needs =
        request.candidates == null ? placement.needs() : placement.needsIfGiven();
    // The lists of one request share its evidence, as far as the first of them gathered it.
    if (request != this.request || wantedHistory != history || !context.hasGathered(needs)) {
      context.prepare(request, wantedHistory, needs);
    }
    this.request = request;
    history = wantedHistory;
    if (request.candidates == null) {
      placement.maker().gather(context, candidates);
    } else {
      take(request.candidates);
    }
    if (placement.withFeatures()) {
      rows.fill(candidates);
    }
    return candidates.size();
  }

  /** Takes all items that a request gives as candidates: the client knows why they are shown. */
  private void take(String[] given) {
    candidates.clear(given.length, null);
    candidates.begin(0, given.length);
    for (String id : given) {
      candidates.give(replica.find(id), id);
    }
  }

  /**
   * Scores what was gathered, and selects the list.
   *
   * @return items in the list
   */
  public int score(Scoring scoring) {
    if (candidates.size() == 0) {
      return selection.clear();
    }
    if (!placement.withFeatures() && !scoring.model().equals(Placement.NO_MODEL)) {
      throw new IllegalStateException(
          "No features were computed for the model "
              + scoring.model()
              + ": the placement has none");
    }
    scores = scoring.score(rows.values(), rows.width(), candidates.size());
    return request.candidates == null
        ? selection.select(candidates, scores)
        : selection.selectAll(candidates, scores);
  }

  /** Items in the last list. */
  public int listed() {
    return selection.size();
  }

  /** Number of the source that proposed the item at a place of the list first. */
  public int source(int place) {
    return candidates.source(selection.candidate(place));
  }

  /** Number of the source that proposed a candidate first. */
  public int sourceOfCandidate(int candidate) {
    return candidates.source(candidate);
  }

  /** The list, best first. */
  public List<RankedItem> list() {
    List<RankedItem> items = new ArrayList<>(selection.size());
    for (int place = 0; place < selection.size(); place++) {
      int candidate = selection.candidate(place);
      items.add(
          new RankedItem(
              candidates.id(candidate),
              scores.get(candidate),
              sourceNames.get(candidates.source(candidate))));
    }
    return items;
  }

  /**
   * What the last list should be remembered by: the listed candidates and, with their features, a
   * sample of the others, drawn by a hash of event and item, so that a replay draws the same.
   *
   * @param withFeatures whether it is to become a training example
   */
  public ServedList remember(
      String recommendationId, Scoring scoring, String variant, boolean withFeatures) {
    int listed = selection.size();
    int negatives = withFeatures ? sample() : 0;
    int unlisted = candidates.size() - listed;
    int count = listed + negatives;
    int width = rows.width();
    ServedList served = new ServedList();
    served.recommendationId = recommendationId;
    served.placement = placement.maker().placement().name();
    served.model = scoring.model();
    served.modelVersion = scoring.version();
    served.variant = variant;
    served.time = request.time;
    served.novelty = ListNovelty.of(context, candidates, selection);
    served.listed = listed;
    served.propensity = negatives == 0 ? 1 : (float) negatives / unlisted;
    served.items = new String[count];
    served.sources = new String[count];
    served.scores = new float[count];
    served.features = new float[withFeatures ? count * width : 0];
    for (int row = 0; row < count; row++) {
      int candidate = row < listed ? selection.candidate(row) : sampled.row(row - listed);
      served.items[row] = candidates.id(candidate);
      served.sources[row] = sourceNames.get(candidates.source(candidate));
      served.scores[row] = scores.get(candidate);
      if (withFeatures) {
        System.arraycopy(rows.values(), candidate * width, served.features, row * width, width);
      }
    }
    return served;
  }

  /** Adds to an explanation what the last list was made from. */
  public void explain(Explanation explanation) {
    int listed = selection.size();
    int width = rows.width();
    ByteBuffer features =
        ByteBuffer.allocate(listed * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    List<ExplainedItem> items = new ArrayList<>(listed);
    for (int place = 0; place < listed; place++) {
      int candidate = selection.candidate(place);
      features.asFloatBuffer().put(place * width, rows.values(), candidate * width, width);
      List<String> proposers = new ArrayList<>();
      for (int source = 0; source < sourceNames.size(); source++) {
        if (candidates.isProposedBy(candidate, source)) {
          proposers.add(sourceNames.get(source));
        }
      }
      items.add(new ExplainedItem(candidates.id(candidate), scores.get(candidate), proposers));
    }
    explanation.setCandidates(candidates.size());
    explanation.setFeatureNames(rows.names());
    explanation.setFeatures(features);
    explanation.setItems(items);
  }

  private int sample() {
    boolean[] isListed = new boolean[candidates.size()];
    for (int place = 0; place < selection.size(); place++) {
      isListed[selection.candidate(place)] = true;
    }
    sampled.reset(sampledNegatives);
    int seed = request.eventId.hashCode();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      if (!isListed[candidate]) {
        int hash = candidates.id(candidate).hashCode() ^ seed;
        sampled.offer(candidate, hash * 0x9E3779B9);
      }
    }
    return sampled.sort();
  }
}
