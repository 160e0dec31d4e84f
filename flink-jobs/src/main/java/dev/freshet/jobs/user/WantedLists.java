package dev.freshet.jobs.user;

import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which lists an event asks for. Worked out once for each kind of action that is configured. */
final class WantedLists {

  private final Map<String, Wanted> byAction = new HashMap<>();
  private final Wanted byOtherActions;
  private final Map<String, Wanted> byName = new HashMap<>();

  /**
   * Some lists, and what their rules need to know of the user.
   *
   * @param placements their names
   * @param seen whether any leaves out what the user saw
   * @param seenInSession whether any leaves out what the user saw in the session
   * @param bought whether any leaves out what the user bought
   */
  record Wanted(String[] placements, boolean seen, boolean seenInSession, boolean bought) {

    static Wanted of(List<Placement> placements) {
      return new Wanted(
          placements.stream().map(Placement::name).toArray(String[]::new),
          excludes(placements, Exclusion.SEEN),
          excludes(placements, Exclusion.SEEN_IN_SESSION),
          excludes(placements, Exclusion.BOUGHT));
    }

    private static boolean excludes(List<Placement> placements, Exclusion exclusion) {
      return placements.stream().anyMatch(placement -> placement.excluded().contains(exclusion));
    }
  }

  WantedLists(List<Placement> placements) {
    for (Placement placement : placements) {
      byName.put(placement.name(), Wanted.of(List.of(placement)));
      for (String action : placement.actions()) {
        byAction.computeIfAbsent(action, kind -> Wanted.of(askedBy(placements, kind)));
      }
    }
    byOtherActions = Wanted.of(askedBy(placements, Placement.EVERY_ACTION));
  }

  private static List<Placement> askedBy(List<Placement> placements, String action) {
    return placements.stream().filter(placement -> placement.askedBy(action)).toList();
  }

  /** The lists that an action of a kind asks for; maybe none. */
  Wanted byAction(String kind) {
    return byAction.getOrDefault(kind, byOtherActions);
  }

  boolean has(String placement) {
    return byName.containsKey(placement);
  }

  /** One list; there must be such a placement. */
  Wanted byName(String placement) {
    return byName.get(placement);
  }
}
