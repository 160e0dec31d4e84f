package dev.freshet.ranking.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Every candidate source by the name it has in the configuration and in recommendations. */
public final class CandidateSources {

  /** The source of new items, for which a list can keep places. */
  public static final String NEW = "new";

  /** In place of a source: the request itself gave the candidate. */
  public static final String GIVEN = "request";

  private static final Map<String, Supplier<CandidateSource>> REGISTRY =
      Map.of(
          "transitions", TransitionSource::new,
          "covisits", CovisitSource::new,
          "knn", KnnSource::new,
          "embedding", EmbeddingSource::new,
          "recent", RecentSource::new,
          "trending", TrendingSource::new,
          "popular", PopularSource::new,
          "new", NewSource::new);

  private CandidateSources() {}

  /** Names of all sources, sorted, but those that name an attribute: {@code same-ATTRIBUTE}. */
  public static SortedSet<String> names() {
    return new TreeSet<>(REGISTRY.keySet());
  }

  /** Whether there is a source of this name. */
  public static boolean isSource(String name) {
    return REGISTRY.containsKey(name) || attribute(name) != null;
  }

  /** The attributes that these sources look at, each once, in order. */
  public static List<String> attributes(Collection<String> names) {
    List<String> attributes = new ArrayList<>();
    for (String name : names) {
      String attribute = attribute(name);
      if (attribute != null && !attributes.contains(attribute)) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  /** The attribute that a source's name contains, or null. */
  private static String attribute(String name) {
    return name.startsWith(SameAttributeSource.PREFIX)
            && name.length() > SameAttributeSource.PREFIX.length()
        ? name.substring(SameAttributeSource.PREFIX.length())
        : null;
  }

  public static CandidateSource create(String name) {
    Supplier<CandidateSource> source = REGISTRY.get(name);
    if (source != null) {
      return source.get();
    }
    String attribute = attribute(name);
    if (attribute == null) {
      throw new IllegalArgumentException(
          "No candidate source is called '"
              + name
              + "'; there are "
              + names()
              + " and same-ATTRIBUTE, such as same-category");
    }
    return new SameAttributeSource(attribute);
  }
}
