package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.RankRequest;
import dev.freshet.jobs.features.StoreFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The features that a model scores a candidate by, and their order. All are computed from what is
 * known strictly before the request's event time, except for the user's own history, which includes
 * the asking action. A model names the features it wants in its metadata; a name that is not here
 * is refused before the model serves. What others compute and write to the store comes after them,
 * as it was when the request (a user's) or the item's last change (an item's) came by.
 */
public final class RankingFeatures {

  private static final double HOUR = 3_600_000.0;

  /** Names in the order of a row. */
  public static final List<String> NAMES =
      List.of(
          "transition_share",
          "transition_reciprocal_rank",
          "transition_score",
          "covisit_score",
          "covisit_reciprocal_rank",
          "covisit_log_count",
          "covisit_recent_items",
          "popularity_short_log",
          "popularity_long_log",
          "popularity_short_reciprocal_rank",
          "popularity_long_reciprocal_rank",
          "popularity_trend_log",
          "item_age_log_hours",
          "item_idle_log_hours",
          "seen",
          "seen_reciprocal_position",
          "seen_in_session",
          "last_item",
          "user_actions_log",
          "user_repeat_share",
          "session_position_log",
          "sources",
          "knn_score",
          "knn_reciprocal_rank",
          "knn_neighbours_log",
          "embedding_cosine");

  private static final int ITEM_AGE = NAMES.indexOf("item_age_log_hours");
  private static final int ITEM_IDLE = NAMES.indexOf("item_idle_log_hours");
  private static final int USER_ACTIONS = NAMES.indexOf("user_actions_log");
  private static final int SOURCES = NAMES.indexOf("sources");

  private RankingFeatures() {}

  /** The names of a whole row: the above, then what is taken from the store. */
  public static List<String> names(StoreFeatures stored) {
    List<String> names = new ArrayList<>(NAMES);
    names.addAll(stored.userNames());
    names.addAll(stored.itemNames());
    return List.copyOf(names);
  }

  /** Fills the row that begins at {@code at} with the features of a candidate. */
  static void put(
      RankingContext context, CandidateSet candidates, int candidate, float[] rows, int at) {
    int to = at;
    ItemReplica replica = context.replica();
    RankRequest request = context.request();
    Evidence evidence = context.evidence();
    int item = candidates.item(candidate);
    if (item == ItemIndex.ABSENT) {
      putUnknown(
          request,
          candidates.proposals(candidate),
          rows,
          at,
          NAMES.size() + request.stored.length + replica.storedPerItem());
      return;
    }
    int evidenceRow = candidates.row(candidate);
    double shortCount = context.shortCount(item);
    double longCount = context.longCount(item);
    int seenPosition = evidence.seenPosition[evidenceRow];

    rows[to++] = (float) evidence.transitionShare[evidenceRow];
    rows[to++] = reciprocal(evidence.transitionRank[evidenceRow]);
    rows[to++] = (float) evidence.transitionScore[evidenceRow];
    rows[to++] = (float) evidence.covisitScore[evidenceRow];
    rows[to++] = reciprocal(evidence.covisitRank[evidenceRow]);
    rows[to++] = (float) FastLog.log1p(context.covisitCount(evidenceRow));
    rows[to++] = evidence.covisitHits[evidenceRow] / (float) ItemReplica.COVISIT_REACH;
    rows[to++] = (float) FastLog.log1p(shortCount);
    rows[to++] = (float) FastLog.log1p(longCount);
    rows[to++] = reciprocal(replica.popularShort().rank(item));
    rows[to++] = reciprocal(replica.popularLong().rank(item));
    rows[to++] = (float) FastLog.log((shortCount + 0.1) / (longCount + 0.1));
    rows[to++] = logHours(request.time, replica.firstSeen(item));
    rows[to++] = logHours(request.time, replica.lastAction(item));
    rows[to++] = seenPosition >= 0 ? 1 : 0;
    rows[to++] = reciprocal(seenPosition);
    rows[to++] = seenPosition >= 0 && seenPosition < context.recentInSession() ? 1 : 0;
    rows[to++] = seenPosition == 0 ? 1 : 0;
    putUser(request, rows, to);
    to += 3;
    rows[to++] = candidates.proposals(candidate);
    rows[to++] = (float) evidence.knnScore[evidenceRow];
    rows[to++] = reciprocal(evidence.knnRank[evidenceRow]);
    rows[to++] = (float) FastLog.log1p(evidence.knnNeighbours[evidenceRow]);
    rows[to++] = context.vectorSearch().cosine(item);
    System.arraycopy(request.stored, 0, rows, to, request.stored.length);
    replica.stored(item, rows, to + request.stored.length);
  }

  /** Of an item that nobody has heard of yet, only the user is known. */
  private static void putUnknown(
      RankRequest request, int proposals, float[] rows, int at, int width) {
    int stored = at + NAMES.size();
    Arrays.fill(rows, at, stored, 0);
    rows[at + ITEM_AGE] = Float.NaN;
    rows[at + ITEM_IDLE] = Float.NaN;
    putUser(request, rows, at + USER_ACTIONS);
    rows[at + SOURCES] = proposals;
    System.arraycopy(request.stored, 0, rows, stored, request.stored.length);
    Arrays.fill(rows, stored + request.stored.length, at + width, Float.NaN);
  }

  private static void putUser(RankRequest request, float[] rows, int at) {
    rows[at] = (float) FastLog.log1p(request.actions);
    // Of the actions that could repeat one; unknown before the second.
    rows[at + 1] =
        request.actions < 2 ? Float.NaN : (float) request.repeats / (request.actions - 1);
    rows[at + 2] = (float) FastLog.log1p(request.sessionPosition);
  }

  private static float reciprocal(int rank) {
    return rank < 0 ? 0 : 1f / (rank + 1);
  }

  /** NaN, which a model takes as its mean, when the time is not known. */
  private static float logHours(long now, long then) {
    return then == Long.MIN_VALUE
        ? Float.NaN
        : (float) FastLog.log1p(Math.max(0, now - then) / HOUR);
  }
}
