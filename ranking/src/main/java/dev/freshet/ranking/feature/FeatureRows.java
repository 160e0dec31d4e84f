package dev.freshet.ranking.feature;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.FastLog;
import dev.freshet.ranking.evidence.NearestSessions;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.evidence.VectorSearch;
import dev.freshet.ranking.replica.ItemFact;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.LongTable;
import dev.freshet.ranking.replica.TopItems;
import dev.freshet.ranking.source.CandidateSet;
import java.util.Arrays;

/**
 * The features of all candidates of a list, in the order of {@link RankingFeatures#names}: a row
 * for each candidate, one after the other. Reused from list to list.
 *
 * <p>Filled in a few loops over the candidates, each over what lies together. Measured, that is
 * faster than a single loop, and than a loop for each few features (docs/performance/ranking.md).
 */
public final class FeatureRows {

  private static final double PER_HOUR = 1 / 3_600_000.0;

  private static final float PER_COVISIT_REACH = 1f / ItemReplica.COVISIT_REACH;

  // Where each group begins in a row.
  private static final int TRANSITION = RankingFeatures.NAMES.indexOf("transition_share");
  private static final int COVISIT = RankingFeatures.NAMES.indexOf("covisit_score");
  private static final int POPULARITY = RankingFeatures.NAMES.indexOf("popularity_short_log_count");
  private static final int ITEM_TIMES = RankingFeatures.NAMES.indexOf("item_age_log_hours");
  private static final int SEEN = RankingFeatures.NAMES.indexOf("seen");
  private static final int USER = RankingFeatures.NAMES.indexOf("user_actions_log");
  private static final int SOURCES = RankingFeatures.NAMES.indexOf("sources");
  private static final int KNN = RankingFeatures.NAMES.indexOf("knn_score");
  private static final int SIMILARITY = RankingFeatures.NAMES.indexOf("embedding_similarity");
  private static final int STORED = RankingFeatures.NAMES.size();

  // Columns of the facts of items.
  private static final int SHORT_COUNT = ItemFact.SHORT_COUNT.column();
  private static final int LONG_COUNT = ItemFact.LONG_COUNT.column();
  private static final int SHORT_RANK = ItemFact.SHORT_RANK.column();
  private static final int LONG_RANK = ItemFact.LONG_RANK.column();
  private static final int FIRST_SEEN = ItemFact.FIRST_SEEN.column();
  private static final int LAST_ACTION = ItemFact.LAST_ACTION.column();
  private static final int DIRECTION = ItemFact.DIRECTION.column();

  /** Added to counts, so that their logarithms tell few actions from none, and little else. */
  private static final double PRIOR_COUNT = 0.1;

  private static final float NO_COUNT = (float) FastLog.log(PRIOR_COUNT);

  /** Of each place; 0 of none. */
  private static final float[] RECIPROCALS = new float[1024];

  static {
    for (int place = 1; place < RECIPROCALS.length; place++) {
      RECIPROCALS[place] = 1f / place;
    }
  }

  /** Logarithms of one more than so many of the nearest sessions. */
  private static final float[] LOG_NEIGHBOURS = new float[NearestSessions.NEIGHBOURS + 1];

  static {
    for (int count = 0; count < LOG_NEIGHBOURS.length; count++) {
      LOG_NEIGHBOURS[count] = logCount(count);
    }
  }

  private final RankingContext context;
  private final Evidence evidence;
  private final ItemReplica replica;
  private final int width;
  private final float[] rows;

  /** See {@link #touch}. */
  private long touched;

  /**
   * @param width features of a candidate: those of this class, then the numbers from the store
   * @param capacity candidates of a list at most
   */
  public FeatureRows(RankingContext context, int width, int capacity) {
    this.context = context;
    this.evidence = context.evidence();
    this.replica = context.replica();
    this.width = width;
    this.rows = new float[capacity * width];
  }

  /** Features of a candidate. */
  public int width() {
    return width;
  }

  /** The rows of the last {@link #fill}, row-major. */
  public float[] values() {
    return rows;
  }

  /** Computes the features of candidates of the request that the context was prepared for. */
  public void fill(CandidateSet candidates) {
    touched = touch(candidates);
    putEvidence(candidates);
    putItems(candidates);
    putUser(candidates);
    putStored(candidates);
    putUnknown(candidates);
  }

  /**
   * Looks once at all that lies far off. In a loop that does nothing else a processor asks memory
   * for many items at once; in those that reckon, for each when its turn comes.
   *
   * @return nothing of use, and so that nobody leaves out the looking
   */
  private long touch(CandidateSet candidates) {
    LongTable table = replica.facts();
    long touched = 0;
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item != ItemIndex.ABSENT) {
        touched += table.chunk(item)[table.at(item)];
      }
    }
    return touched;
  }

  /** What the sources know in favour of each, and whether the user has seen it. */
  private void putEvidence(CandidateSet candidates) {
    int inSession = context.recentInSession();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int row = candidates.row(candidate);
      if (row == Evidence.NONE) {
        continue;
      }
      int at = candidate * width;
      rows[at + TRANSITION] = (float) evidence.transitionShare[row];
      rows[at + TRANSITION + 1] = reciprocal(evidence.transitionRank[row]);
      rows[at + TRANSITION + 2] = (float) evidence.transitionScore[row];
      rows[at + COVISIT] = (float) evidence.covisitScore[row];
      rows[at + COVISIT + 1] = reciprocal(evidence.covisitRank[row]);
      rows[at + COVISIT + 2] = logCount(context.covisitCount(row));
      rows[at + COVISIT + 3] = evidence.covisitHits[row] * PER_COVISIT_REACH;
      int position = evidence.seenPosition[row];
      rows[at + SEEN] = position >= 0 ? 1 : 0;
      rows[at + SEEN + 1] = reciprocal(position);
      rows[at + SEEN + 2] = position >= 0 && position < inSession ? 1 : 0;
      rows[at + SEEN + 3] = position == 0 ? 1 : 0;
      rows[at + KNN] = (float) evidence.knnScore[row];
      rows[at + KNN + 1] = reciprocal(evidence.knnRank[row]);
      rows[at + KNN + 2] = LOG_NEIGHBOURS[evidence.knnNeighbours[row]];
    }
  }

  /** How popular each is, how new, and where its vector points. */
  private void putItems(CandidateSet candidates) {
    TopItems popularShort = replica.popularShort().top();
    TopItems popularLong = replica.popularLong().top();
    LongTable table = replica.facts();
    double shortFactor = context.shortFactor();
    double longFactor = context.longFactor();
    long now = context.request().time;
    VectorSearch search = context.vectorSearch();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item == ItemIndex.ABSENT) {
        continue;
      }
      long[] facts = table.chunk(item);
      int fact = table.at(item);
      double shortCount = Double.longBitsToDouble(facts[fact + SHORT_COUNT]) * shortFactor;
      double longCount = Double.longBitsToDouble(facts[fact + LONG_COUNT]) * longFactor;
      int at = candidate * width;
      rows[at + POPULARITY] = (float) FastLog.log(shortCount + PRIOR_COUNT);
      rows[at + POPULARITY + 1] = (float) FastLog.log(longCount + PRIOR_COUNT);
      rows[at + POPULARITY + 2] = reciprocal(popularShort.listed((int) facts[fact + SHORT_RANK]));
      rows[at + POPULARITY + 3] = reciprocal(popularLong.listed((int) facts[fact + LONG_RANK]));
      rows[at + ITEM_TIMES] = logHours(now, facts[fact + FIRST_SEEN]);
      rows[at + ITEM_TIMES + 1] = logHours(now, facts[fact + LAST_ACTION]);
      rows[at + SIMILARITY] = search.similarity(facts[fact + DIRECTION]);
    }
  }

  /** What is the same for all, and how many sources proposed each. */
  private void putUser(CandidateSet candidates) {
    RankRequest request = context.request();
    float actions = (float) FastLog.log1p(request.actions);
    // Of the actions that could repeat one; unknown before the second.
    float repeats =
        request.actions < 2 ? Float.NaN : (float) request.repeats / (request.actions - 1);
    float position = (float) FastLog.log1p(request.sessionPosition);
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int at = candidate * width;
      rows[at + USER] = actions;
      rows[at + USER + 1] = repeats;
      rows[at + USER + 2] = position;
      rows[at + SOURCES] = candidates.proposals(candidate);
    }
  }

  private void putStored(CandidateSet candidates) {
    float[] ofUser = context.request().stored;
    if (STORED == width) {
      return;
    }
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int at = candidate * width + STORED;
      System.arraycopy(ofUser, 0, rows, at, ofUser.length);
      int item = candidates.item(candidate);
      if (item != ItemIndex.ABSENT) {
        replica.stored(item, rows, at + ofUser.length);
      }
    }
  }

  /** Of items that nobody has heard of yet, only the user is known. */
  private void putUnknown(CandidateSet candidates) {
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      if (candidates.item(candidate) == ItemIndex.ABSENT) {
        int at = candidate * width;
        Arrays.fill(rows, at, at + USER, 0);
        Arrays.fill(rows, at + POPULARITY, at + POPULARITY + 2, NO_COUNT);
        Arrays.fill(rows, at + ITEM_TIMES, at + ITEM_TIMES + 2, Float.NaN);
        Arrays.fill(rows, at + KNN, at + STORED, 0);
        int ofItem = STORED + context.request().stored.length;
        Arrays.fill(rows, at + ofItem, at + width, Float.NaN);
      }
    }
  }

  /** Of the place of a rank, counted from 0, which may be too far off to have been counted. */
  private static float reciprocal(int rank) {
    int place = rank + 1;
    return place < RECIPROCALS.length ? RECIPROCALS[place] : 1f / place;
  }

  /** Most candidates have most counts from few of the sources: the others' are 0. */
  private static float logCount(double count) {
    return count == 0 ? 0 : (float) FastLog.log1p(count);
  }

  /** NaN, which a model takes as its mean, when the time is not known. */
  private static float logHours(long now, long then) {
    return then == Long.MIN_VALUE
        ? Float.NaN
        : (float) FastLog.log1p(FastLog.toDouble(Math.max(0, now - then)) * PER_HOUR);
  }
}
