package dev.freshet.ranking.evidence;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.NeighbourLists;
import java.util.EnumSet;
import java.util.Set;

/**
 * The input of candidate sources and ranking features for one request: the user's recent items as
 * numbers of the replica, and the evidence that the replica holds for other items. Reused from
 * request to request.
 *
 * <p>Only declared kinds of evidence are gathered. Reading another kind throws an {@link
 * IllegalStateException} that names it; the rows of {@link #evidence} are not checked, and have the
 * values of items without evidence.
 */
public final class RankingContext {

  /** How many of the last items' transitions are followed. */
  private static final int TRANSITION_REACH = 3;

  /** How much less each step back in the user's history counts for transitions. */
  private static final double TRANSITION_STEP = 0.5;

  /** How much less each step back in the user's history counts for co-visits. */
  private static final double COVISIT_STEP = 0.8;

  private static final int BEST_COVISITS = 100;

  private static final int BEST_KNN = 100;

  /** Less than this has faded to nothing, a thousand half-lives ago, and can't be divided by. */
  private static final double FADED = Double.MIN_NORMAL;

  private static final EvidenceKind[] KINDS = EvidenceKind.values();

  private static final Set<EvidenceKind> ALL = EnumSet.allOf(EvidenceKind.class);

  private final ItemReplica replica;
  private final Evidence evidence = new Evidence();
  private final TopRows top = new TopRows();
  private final int[] recent;

  /** Rows of the neighbours of the current item. */
  private final int[] rows = new int[ItemReplica.COVISITS_PER_ITEM];

  private final int[] bestCovisits = new int[BEST_COVISITS];
  private final NearestSessions nearestSessions;
  private final int[] bestKnn = new int[BEST_KNN];
  private final VectorSearch vectorSearch;

  /** The kinds that were gathered for the request, as bits of {@link EvidenceKind#mask}. */
  private int gathered;

  private int bestKnnCount;
  private RankRequest request;
  private int history;
  private int recentItems;
  private int recentInSession;
  private int bestCovisitCount;

  /** The rows of the evidence that transitions may lead to are below this. */
  private int transitionRows;

  /** The rows of the evidence that may have co-visits are below this. */
  private int covisitRows;

  /** Total of the list of each row with co-visits. */
  private double[] totals = new double[1024];

  private double shortFactor;
  private double longFactor;
  private double neighbourFactor;

  public RankingContext(ItemReplica replica, int historyLength) {
    this.replica = replica;
    this.recent = new int[historyLength];
    nearestSessions = new NearestSessions(replica.sessions(), replica.halfLives().neighbours());
    vectorSearch = new VectorSearch(replica.vectors());
  }

  /**
   * Gathers all evidence for a request; the replica must stand at the request's event time.
   *
   * @param history how many of the user's recent items are used
   */
  public void prepare(RankRequest request, int history) {
    prepare(request, history, ALL);
  }

  /**
   * Gathers evidence for a request; the replica must stand at the request's event time.
   *
   * @param history how many of the user's recent items are used
   * @param needs the kinds to gather; kinds that they require are gathered too
   */
  public void prepare(RankRequest request, int history, Set<EvidenceKind> needs) {
    this.request = request;
    this.history = history;
    evidence.clear(replica.numbers());
    // A late request is answered with what is known now, which can't be read back to before.
    long time = Math.max(request.time, replica.latestChange());
    replica.advanceTo(time);
    shortFactor = replica.shortFactor(time);
    longFactor = replica.longFactor(time);
    neighbourFactor = replica.neighbourFactor(time);
    gathered = mask(needs);
    for (EvidenceKind kind : KINDS) {
      if (has(kind)) {
        gather(kind, time);
      }
    }
  }

  /** The kinds and what they require, without allocation. */
  private static int mask(Set<EvidenceKind> kinds) {
    int mask = 0;
    for (EvidenceKind kind : KINDS) {
      if (kinds.contains(kind)) {
        mask |= kind.mask;
      }
    }
    return mask;
  }

  private boolean has(EvidenceKind kind) {
    return (gathered & kind.mask) == kind.mask;
  }

  private void gather(EvidenceKind kind, long time) {
    switch (kind) {
      case RECENT_ITEMS -> gatherRecent();
      case TRANSITIONS -> gatherTransitions();
      case COVISITS -> {
        gatherCovisits();
        rankCovisits();
      }
      case NEAREST_SESSIONS -> {
        nearestSessions.gather(
            FeatureEvent.hash(request.user), recent, recentItems, time, evidence);
        rankKnn();
      }
      case DIRECTION -> vectorSearch.aim(recent, recentItems, replica.numbers());
    }
  }

  /** Whether {@link #prepare} gathered all of these kinds for its request. */
  public boolean hasGathered(Set<EvidenceKind> kinds) {
    return (mask(kinds) & ~gathered) == 0;
  }

  private void require(EvidenceKind kind) {
    if (!has(kind)) {
      throw new IllegalStateException(
          "Evidence "
              + kind
              + " was not gathered: the candidate source or ranking feature that reads it"
              + " declares it in needs()");
    }
  }

  private void gatherRecent() {
    int bound = Math.min(recent.length, history);
    recentItems = 0;
    recentInSession = request.recentInSession;
    // The item that a request names as looked at is the last item, even without an action on it.
    String lookedAt = request.asked ? request.item : null;
    if (lookedAt != null) {
      addRecent(lookedAt);
      recentInSession++;
    }
    for (int position = 0; position < request.recent.length && recentItems < bound; position++) {
      if (!request.recent[position].equals(lookedAt)) {
        addRecent(request.recent[position]);
      } else if (position < request.recentInSession) {
        recentInSession--; // counted already
      }
    }
  }

  private void addRecent(String id) {
    int item = replica.find(id);
    if (item != ItemIndex.ABSENT) {
      evidence.see(item, recentItems);
    }
    recent[recentItems++] = item;
  }

  private void gatherTransitions() {
    NeighbourLists transitions = replica.transitions();
    double step = 1;
    for (int position = 0; position < Math.min(TRANSITION_REACH, recentItems); position++) {
      int item = recent[position];
      int size = item == ItemIndex.ABSENT ? 0 : transitions.size(item);
      if (size > 0 && transitions.total(item) >= FADED) {
        int[] neighbours = transitions.neighbours(item);
        double[] weights = transitions.weights(item);
        int from = transitions.from(item);
        double perWeight = 1 / transitions.total(item);
        for (int rank = 0; rank < size; rank++) {
          int row = evidence.row(neighbours[from + rank]);
          double share = weights[from + rank] * perWeight;
          evidence.transitionScore[row] += step * share;
          if (position == 0) {
            evidence.transitionShare[row] = share;
            evidence.transitionRank[row] = rank;
          }
        }
      }
      step *= TRANSITION_STEP;
    }
    transitionRows = evidence.size();
  }

  private void gatherCovisits() {
    NeighbourLists covisits = replica.covisits();
    double step = 1;
    for (int position = 0;
        position < Math.min(ItemReplica.COVISIT_REACH, recentItems);
        position++) {
      int item = recent[position];
      int size = item == ItemIndex.ABSENT ? 0 : covisits.size(item);
      if (size > 0 && covisits.total(item) >= FADED) {
        int[] neighbours = covisits.neighbours(item);
        double[] weights = covisits.weights(item);
        int from = covisits.from(item);
        double scale = step / Math.sqrt(covisits.total(item));
        while (size > 0 && weights[from + size - 1] == 0) {
          size--; // faded to nothing
        }
        evidence.rows(neighbours, from, size, rows);
        addCovisits(weights, from, size, scale);
      }
      step *= COVISIT_STEP;
    }
    covisitRows = evidence.size();
    normaliseCovisits(covisits);
  }

  /**
   * First all totals are fetched, then all scores divided: a loop that a processor does by eight.
   */
  private void normaliseCovisits(NeighbourLists covisits) {
    int count = covisitRows;
    if (totals.length < count) {
      totals = new double[2 * count];
    }
    double[] totals = this.totals;
    for (int row = 0; row < count; row++) {
      // What was only followed to may never have been visited with anything.
      totals[row] = evidence.covisitHits[row] > 0 ? covisits.total(evidence.item(row)) : 1;
    }
    double[] scores = evidence.covisitScore;
    for (int row = 0; row < count; row++) {
      scores[row] = scores[row] / Math.sqrt(totals[row]);
    }
  }

  private void addCovisits(double[] weights, int from, int size, double scale) {
    double[] scores = evidence.covisitScore;
    double[] sums = evidence.covisitWeight;
    int[] hits = evidence.covisitHits;
    for (int at = 0; at < size; at++) {
      double weight = weights[from + at];
      int row = rows[at];
      scores[row] += scale * weight;
      sums[row] += weight;
      hits[row]++;
    }
  }

  private void rankCovisits() {
    top.reset(BEST_COVISITS);
    top.offerPositive(evidence.covisitScore, covisitRows);
    bestCovisitCount = top.sort();
    for (int rank = 0; rank < bestCovisitCount; rank++) {
      int row = top.row(rank);
      evidence.covisitRank[row] = rank;
      bestCovisits[rank] = evidence.item(row);
    }
  }

  private void rankKnn() {
    top.reset(BEST_KNN);
    top.offerPositive(evidence.knnScore, evidence.size());
    bestKnnCount = top.sort();
    for (int rank = 0; rank < bestKnnCount; rank++) {
      int row = top.row(rank);
      evidence.knnRank[row] = rank;
      bestKnn[rank] = evidence.item(row);
    }
  }

  /** Rows of the evidence that transitions may lead to are below this. */
  public int transitionRows() {
    require(EvidenceKind.TRANSITIONS);
    return transitionRows;
  }

  /** How many items {@link #bestKnn(int)} has. */
  public int bestKnn() {
    require(EvidenceKind.NEAREST_SESSIONS);
    return bestKnnCount;
  }

  /** The item with the best score by the nearest sessions but {@code rank}. */
  public int bestKnn(int rank) {
    return bestKnn[rank];
  }

  public VectorSearch vectorSearch() {
    require(EvidenceKind.DIRECTION);
    return vectorSearch;
  }

  public RankRequest request() {
    return request;
  }

  public ItemReplica replica() {
    return replica;
  }

  public Evidence evidence() {
    return evidence;
  }

  /** How many of the recent items belong to the current session. */
  public int recentInSession() {
    require(EvidenceKind.RECENT_ITEMS);
    return recentInSession;
  }

  /** How many of the user's recent items are used. */
  public int recentItems() {
    require(EvidenceKind.RECENT_ITEMS);
    return recentItems;
  }

  /**
   * The user's recent item at a position, from 0 for the last; ABSENT if the replica has no such
   * item.
   */
  public int recentItem(int position) {
    return recent[position];
  }

  /** How many items {@link #bestCovisit} has. */
  public int bestCovisits() {
    require(EvidenceKind.COVISITS);
    return bestCovisitCount;
  }

  /** The item with the best co-visitation score but {@code rank}. */
  public int bestCovisit(int rank) {
    return bestCovisits[rank];
  }

  /** Makes a weight with the short half-life the count at the request's time. */
  public double shortFactor() {
    return shortFactor;
  }

  /** Makes a weight with the long half-life the count at the request's time. */
  public double longFactor() {
    return longFactor;
  }

  /** The decayed number of co-visits of an evidence row at the request's time. */
  public double covisitCount(int row) {
    return evidence.covisitWeight[row] * neighbourFactor;
  }
}
