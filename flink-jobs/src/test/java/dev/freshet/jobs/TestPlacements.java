package dev.freshet.jobs;

import dev.freshet.jobs.user.UserSettings;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Placements for tests. */
public final class TestPlacements {

  private TestPlacements() {}

  /** A user's settings that lead to one list, {@code home}, after every action. */
  public static UserSettings home(int historyLength, long sessionGap, long dedupWindow) {
    return new UserSettings(
        historyLength,
        sessionGap,
        dedupWindow,
        0,
        Set.of(),
        List.of(placement("home", Set.of(Placement.EVERY_ACTION))));
  }

  public static Placement placement(String name, Set<String> actions, Exclusion... excluded) {
    return new Placement(
        name,
        actions,
        5,
        30,
        8,
        new LinkedHashMap<>(),
        List.of(),
        Set.of(excluded),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        0,
        Placement.NO_MODEL);
  }
}
