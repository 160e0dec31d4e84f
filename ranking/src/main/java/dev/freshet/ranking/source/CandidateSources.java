package dev.freshet.ranking.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The registry of candidate sources: every source by the name that it has in the configuration, in
 * recommendations, in metrics and in docs/candidate-sources.md.
 */
public final class CandidateSources {

  /** The source of new items, for which a list can keep places. */
  public static final String NEW = "new";

  /** Stands in place of a source: the request itself gave the candidate. */
  public static final String GIVEN = "request";

  /** The sources of the product. To add one, add its line here. */
  public static final CandidateSources STANDARD =
      new CandidateSources(
          List.of(
              source("recent", RecentSource::new),
              source("transitions", TransitionSource::new),
              source("covisits", CovisitSource::new),
              source("knn", KnnSource::new),
              source("embedding", EmbeddingSource::new),
              source("trending", TrendingSource::new),
              source("popular", PopularSource::new),
              source(NEW, NewSource::new),
              family(SameAttributeSource.PREFIX, "ATTRIBUTE", SameAttributeSource::new)));

  /**
   * A line of the registry: a source, or a family of sources with a parameter in the name.
   *
   * @param name of the source, or what precedes the parameter in the name of one of a family
   * @param parameter what the parameter of a family stands for; empty: this is a single source
   * @param create makes the source with the value of the parameter, which is empty for a single one
   */
  public record Entry(String name, String parameter, Function<String, CandidateSource> create) {

    /** The name as documentation and error messages write it, such as {@code same-ATTRIBUTE}. */
    String documentedName() {
      return name + parameter;
    }

    private boolean isCalled(String wanted) {
      return parameter.isEmpty()
          ? wanted.equals(name)
          : wanted.startsWith(name) && wanted.length() > name.length();
    }
  }

  private final List<Entry> entries;

  private CandidateSources(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    Set<String> names = new LinkedHashSet<>();
    names.add(GIVEN);
    for (Entry entry : entries) {
      if (!names.add(entry.name())) {
        throw new IllegalArgumentException(
            "Two candidate sources are called '" + entry.name() + "', or the name is reserved");
      }
    }
  }

  /** The line of a source. */
  public static Entry source(String name, Supplier<CandidateSource> create) {
    return new Entry(name, "", parameter -> create.get());
  }

  /**
   * The line of a family of sources, one for each value of a parameter.
   *
   * @param prefix what precedes the value in a source's name
   * @param parameter what the value is, for documentation
   */
  public static Entry family(
      String prefix, String parameter, Function<String, CandidateSource> create) {
    return new Entry(prefix, parameter, create);
  }

  /** Returns these sources and one more. */
  public CandidateSources with(Entry entry) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(entry);
    return new CandidateSources(more);
  }

  /** Names of all single sources, sorted. */
  public SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>();
    for (Entry entry : entries) {
      if (entry.parameter().isEmpty()) {
        names.add(entry.name());
      }
    }
    return names;
  }

  /** Names of all sources in the order of the registry, families as {@code same-ATTRIBUTE}. */
  public List<String> documentedNames() {
    return entries.stream().map(Entry::documentedName).toList();
  }

  /** Whether there is a source of this name. */
  public boolean isSource(String name) {
    return find(name) != null;
  }

  /** The attributes of items that these sources read, each once, in order. */
  public List<String> attributes(Collection<String> names) {
    Set<String> attributes = new LinkedHashSet<>();
    for (String name : names) {
      attributes.addAll(create(name).attributes());
    }
    return List.copyOf(attributes);
  }

  /**
   * A new instance of a source.
   *
   * @throws IllegalArgumentException if no source has this name
   */
  public CandidateSource create(String name) {
    Entry entry = find(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "No candidate source is called '"
              + name
              + "'; there are "
              + String.join(", ", documentedNames()));
    }
    return entry
        .create()
        .apply(name.substring(entry.parameter().isEmpty() ? 0 : entry.name().length()));
  }

  /** The line of the registry that has the source, or null. */
  private Entry find(String name) {
    for (Entry entry : entries) {
      if (entry.isCalled(name)) {
        return entry;
      }
    }
    return null;
  }
}
