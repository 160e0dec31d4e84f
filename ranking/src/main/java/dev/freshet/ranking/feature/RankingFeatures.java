package dev.freshet.ranking.feature;

import java.util.ArrayList;
import java.util.List;

/**
 * The features that a model scores a candidate by, and their order. All are computed from what is
 * known strictly before the request's event time, except for the user's own history, which includes
 * the asking action. A model names the features it wants in its metadata; a name that is not here
 * is refused before the model serves. What others compute and write to the store comes after them,
 * as it was when the request (a user's) or the item's last change (an item's) came by. {@link
 * FeatureRows} computes them.
 */
public final class RankingFeatures {

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
          "popularity_short_log_count",
          "popularity_long_log_count",
          "popularity_short_reciprocal_rank",
          "popularity_long_reciprocal_rank",
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
          "embedding_similarity");

  private RankingFeatures() {}

  /** The names of a whole row: the above, then what is taken from the store. */
  public static List<String> names(StoreFeatures stored) {
    List<String> names = new ArrayList<>(NAMES);
    names.addAll(stored.userNames());
    names.addAll(stored.itemNames());
    return List.copyOf(names);
  }
}
