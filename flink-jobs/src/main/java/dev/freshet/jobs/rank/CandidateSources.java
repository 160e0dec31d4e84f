package dev.freshet.jobs.rank;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Every candidate source by the name it has in the configuration and in recommendations. */
public final class CandidateSources {

  /** The source of new items, for which a list can keep places. */
  static final String NEW = "new";

  /** In place of a source: the request itself gave the candidate. */
  static final String GIVEN = "request";

  private static final Map<String, Supplier<CandidateSource>> REGISTRY =
      Map.of(
          "transitions", TransitionSource::new,
          "covisits", CovisitSource::new,
          "recent", RecentSource::new,
          "popular", PopularSource::new);

  private CandidateSources() {}

  /** Names of all sources, sorted. */
  public static SortedSet<String> names() {
    return new TreeSet<>(REGISTRY.keySet());
  }

  /** Whether the configuration may name this source. */
  public static boolean isSource(String name) {
    return REGISTRY.containsKey(name);
  }

  static CandidateSource create(String name) {
    Supplier<CandidateSource> source = REGISTRY.get(name);
    if (source == null) {
      throw new IllegalArgumentException(
          "No candidate source is called '" + name + "'; there are " + REGISTRY.keySet());
    }
    return source.get();
  }
}
