package dev.freshet.cli;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import java.util.List;

/** Entities as they are named on the command line. */
final class EntityArgument {

  private EntityArgument() {}

  /**
   * A kind of entity.
   *
   * @throws CommandException if there is none, or the catalog has no features of it
   */
  static Entity parse(String key, FeatureCatalog catalog) {
    return Entity.of(key)
        .filter(catalog.entities()::contains)
        .orElseThrow(
            () ->
                new CommandException(
                    "The feature catalog %s has no features of '%s'; it has some of %s."
                        .formatted(
                            catalog.source(),
                            key,
                            String.join(
                                ", ", catalog.entities().stream().map(Entity::key).toList()))));
  }

  /**
   * The id in the store: a user's together with an item's, none for everything together.
   *
   * @throws CommandException if there are too few or too many
   */
  static String id(Entity entity, List<String> ids) {
    int needed =
        switch (entity) {
          case USER, ITEM -> 1;
          case USER_ITEM -> 2;
          case GLOBAL -> 0;
        };
    if (ids.size() != needed) {
      throw new CommandException(
          switch (entity) {
            case USER -> "A user has one id: ./freshet features get user USER";
            case ITEM -> "An item has one id: ./freshet features get item ITEM";
            case USER_ITEM -> "Two ids are needed: ./freshet features get user_item USER ITEM";
            case GLOBAL -> "No id is needed: ./freshet features get global";
          });
    }
    return switch (entity) {
      case USER, ITEM -> ids.get(0);
      case USER_ITEM -> Entity.pair(ids.get(0), ids.get(1));
      case GLOBAL -> Entity.ALL;
    };
  }
}
