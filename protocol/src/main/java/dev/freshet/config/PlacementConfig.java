package dev.freshet.config;

import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.source.CandidateSources;
import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Suggestion;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A kind of list; {@link dev.freshet.ranking.list.Placement} describes each key.
 *
 * @param actions kinds of action that ask for the list; {@code *}: all
 * @param listSize items in the list; not more than {@code maxCandidates}
 * @param maxCandidates items scored for the list
 * @param history how many of the user's recent items are regarded; null: all that are remembered
 * @param sources candidates asked of each source, by its name, in the order in which they are asked
 * @param fallback sources that are asked when those have too few
 * @param exclude what the user must not be shown again
 * @param require by attribute, the values of which an item must have one
 * @param forbid by attribute, the values of which an item must have none
 * @param mostPerValue by attribute, how many items of the same value the list holds
 * @param explore places kept for new items; less than {@code listSize}
 * @param model name of the model that scores; {@code none}: the order of the proposals stands
 */
public record PlacementConfig(
    List<String> actions,
    int listSize,
    int maxCandidates,
    @Nullable Integer history,
    Map<String, Integer> sources,
    List<String> fallback,
    List<Exclusion> exclude,
    Map<String, List<String>> require,
    Map<String, List<String>> forbid,
    Map<String, Integer> mostPerValue,
    int explore,
    String model)
    implements Section, Serializable {
  public PlacementConfig {
    actions = List.copyOf(actions);
    sources = Section.inOrder(sources);
    fallback = List.copyOf(fallback);
    exclude = List.copyOf(exclude);
    require = Section.inOrder(require);
    forbid = Section.inOrder(forbid);
    mostPerValue = Section.inOrder(mostPerValue);
  }

  static PlacementConfig defaults() {
    Map<String, Integer> sources = new LinkedHashMap<>();
    sources.put("transitions", 40);
    sources.put("covisits", 60);
    sources.put("knn", 60);
    sources.put("recent", 20);
    sources.put("embedding", 20);
    sources.put("trending", 30);
    sources.put("popular", 30);
    sources.put("new", 10);
    return new PlacementConfig(
        List.of(dev.freshet.ranking.list.Placement.EVERY_ACTION),
        20,
        200,
        null,
        sources,
        List.of("popular"),
        List.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        0,
        "default");
  }

  @Override
  public void check(Check check) {
    check.range("list-size", listSize, 1, 1000);
    check.range("max-candidates", maxCandidates, 1, 10_000);
    check.require(
        listSize <= maxCandidates,
        "list-size " + listSize + " is more than max-candidates " + maxCandidates,
        "Lower list-size or raise max-candidates.",
        "list-size",
        "max-candidates");
    if (history != null) {
      check.range("history", history, 1, 1000);
    }
    check.require(
        !sources.isEmpty(), "names no source", "Name one, such as popular: 60.", "sources");
    sources.forEach(
        (source, quota) -> {
          check.range("sources." + source, quota, 1, 10_000);
          requireSource(check, source, "sources." + source);
        });
    fallback.forEach(source -> requireSource(check, source, "fallback"));
    requireValues(check, "require", require);
    requireValues(check, "forbid", forbid);
    mostPerValue.forEach(
        (attribute, most) -> check.range("most-per-value." + attribute, most, 1, 1000));
    check.range("explore", explore, 0, 999);
    check.require(
        explore < listSize,
        "explore " + explore + " leaves no other place in a list of " + listSize,
        "Lower explore or raise list-size.",
        "explore",
        "list-size");
    check.name("model", model);
  }

  private static void requireSource(Check check, String source, String key) {
    check.require(
        CandidateSources.STANDARD.isSource(source),
        (key.endsWith(source) ? "" : "'" + source + "' ") + "is not a known source",
        Suggestion.closest(source, CandidateSources.STANDARD.names())
            .map(meant -> "Did you mean " + meant + "?")
            .orElse("There are " + String.join(", ", CandidateSources.STANDARD.names()) + "."),
        key);
  }

  private static void requireValues(Check check, String key, Map<String, List<String>> values) {
    values.forEach(
        (attribute, some) ->
            check.require(
                !some.isEmpty(),
                "names no value",
                "Write the values as a list, such as [a, b], or remove the line.",
                key + "." + attribute));
  }
}
