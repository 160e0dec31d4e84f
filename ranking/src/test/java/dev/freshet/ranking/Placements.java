package dev.freshet.ranking;

import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Placements for tests, built by what differs. */
public final class Placements {

  private Set<String> actions = Set.of(Placement.EVERY_ACTION);
  private int listSize = 5;
  private int maxCandidates = 30;
  private int history = 8;
  private final LinkedHashMap<String, Integer> sources = new LinkedHashMap<>();
  private List<String> fallback = List.of();
  private Set<Exclusion> excluded = Set.of();
  private final LinkedHashMap<String, Set<String>> required = new LinkedHashMap<>();
  private final LinkedHashMap<String, Set<String>> forbidden = new LinkedHashMap<>();
  private final LinkedHashMap<String, Integer> mostPerValue = new LinkedHashMap<>();
  private int explore;
  private String model = "default";

  public static Placements of(Map<String, Integer> sources) {
    Placements placements = new Placements();
    placements.sources.putAll(sources);
    return placements;
  }

  /** Which kinds of action ask for the list; all, if this isn't called. */
  public Placements askedBy(String... kinds) {
    actions = Set.of(kinds);
    return this;
  }

  public Placements listSize(int items) {
    listSize = items;
    return this;
  }

  public Placements maxCandidates(int candidates) {
    maxCandidates = candidates;
    return this;
  }

  public Placements history(int items) {
    history = items;
    return this;
  }

  public Placements fallback(String... names) {
    fallback = List.of(names);
    return this;
  }

  public Placements without(Exclusion... what) {
    excluded = Set.of(what);
    return this;
  }

  public Placements require(String attribute, String... values) {
    required.put(attribute, Set.of(values));
    return this;
  }

  public Placements forbid(String attribute, String... values) {
    forbidden.put(attribute, Set.of(values));
    return this;
  }

  public Placements most(String attribute, int items) {
    mostPerValue.put(attribute, items);
    return this;
  }

  public Placements explore(int places) {
    explore = places;
    return this;
  }

  public Placements model(String name) {
    model = name;
    return this;
  }

  public Placement named(String name) {
    return new Placement(
        name,
        actions,
        listSize,
        maxCandidates,
        history,
        sources,
        fallback,
        excluded,
        required,
        forbidden,
        mostPerValue,
        explore,
        model);
  }
}
