package dev.freshet.jobs.features;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureType;
import java.util.List;

/** The features that the job keeps in the store. */
public final class JobFeatures {

  /** Entity of a user's features. */
  public static final String USER = "user";

  /** Entity of an item's features. */
  public static final String ITEM = "item";

  /** All of them; the writers below go by this order. */
  public static final FeatureCatalog CATALOG =
      new FeatureCatalog(
          List.of(
              feature(USER, "actions", FeatureType.LONG, "Number of actions so far"),
              feature(
                  USER,
                  "actions_decayed",
                  FeatureType.DOUBLE,
                  "Number of actions, halved every features.popularity-half-life-short, as of"
                      + " last_action_time"),
              feature(
                  USER,
                  "last_action_time",
                  FeatureType.LONG,
                  "Event time of the newest action, ms since the epoch"),
              feature(
                  USER,
                  "session_start",
                  FeatureType.LONG,
                  "Event time of the current session's first action, ms since the epoch"),
              feature(
                  USER,
                  "session_position",
                  FeatureType.LONG,
                  "Position of the newest action in its session, from 1"),
              feature(
                  USER,
                  "recent_items",
                  FeatureType.STRINGS,
                  "Distinct items acted on, most recent first"),
              feature(ITEM, "actions", FeatureType.LONG, "Number of actions on the item so far"),
              feature(
                  ITEM,
                  "popularity_short",
                  FeatureType.DOUBLE,
                  "Number of actions, halved every features.popularity-half-life-short, as of"
                      + " last_action_time"),
              feature(
                  ITEM,
                  "popularity_long",
                  FeatureType.DOUBLE,
                  "Number of actions, halved every features.popularity-half-life-long, as of"
                      + " last_action_time"),
              feature(
                  ITEM,
                  "first_seen",
                  FeatureType.LONG,
                  "Event time at which the item was first heard of, ms since the epoch"),
              feature(
                  ITEM,
                  "last_action_time",
                  FeatureType.LONG,
                  "Event time of the newest action on the item, ms since the epoch"),
              feature(
                  ITEM,
                  "attributes",
                  FeatureType.STRINGS,
                  "The catalog's attributes as name=value, sorted"),
              feature(
                  ITEM,
                  "deleted",
                  FeatureType.LONG,
                  "1: the catalog has deleted the item; 0: it has not")));

  private JobFeatures() {}

  private static FeatureDefinition feature(
      String entity, String name, FeatureType type, String description) {
    return new FeatureDefinition(name, entity, type, description);
  }
}
