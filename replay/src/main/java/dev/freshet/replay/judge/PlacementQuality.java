package dev.freshet.replay.judge;

import dev.freshet.evaluation.Estimate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that is said of a placement's lists. But for the windows, everything is of the time after the
 * warm-up.
 *
 * @param actions that the job took
 * @param warmupActions so many of them are the warm-up
 * @param overall over all tests
 * @param lists what the lists show
 * @param variants by the variant that the user was in; one of an empty name without a split
 * @param versions by the model that made the list, the most recent first, at most {@link
 *     #MOST_VERSIONS}
 * @param otherVersions over the versions before these; empty if there are none
 * @param sources by candidate source, the one with the most hits first
 * @param windows how it went over time
 * @param activations when a model made its first list, in order of time
 * @param last the model and variant that made the last list; empty if there is none
 * @param mostShown the items that were shown most
 * @param neverShown the items that were wanted most of those that were never shown
 */
public record PlacementQuality(
    String placement,
    int actions,
    int warmupActions,
    Quality overall,
    Lists lists,
    List<Group> variants,
    List<Group> versions,
    Optional<Group> otherVersions,
    List<Source> sources,
    List<Window> windows,
    List<Activation> activations,
    Optional<Served> last,
    List<Item> mostShown,
    List<Item> neverShown) {

  /** Upper bound of the versions of models that are listed one by one. */
  public static final int MOST_VERSIONS = 50;

  /** Upper bound of the items that are named in each of the lists of items. */
  public static final int MOST_ITEMS = 15;

  public PlacementQuality {
    variants = List.copyOf(variants);
    versions = List.copyOf(versions);
    sources = List.copyOf(sources);
    windows = List.copyOf(windows);
    activations = List.copyOf(activations);
    mostShown = List.copyOf(mostShown);
    neverShown = List.copyOf(neverShown);
  }

  /**
   * What the lists show among their first ten, judged or not.
   *
   * @param number of lists
   * @param itemsKnown different items that were acted on or listed by the end, in the warm-up too
   * @param itemsShown different items that were ever among the first ten
   * @param coverage the share of those, 0 to 1
   * @param gini how unevenly the items were shown, 0 to 1
   * @param novelty mean over the places, in bits
   */
  public record Lists(
      long number,
      int itemsKnown,
      int itemsShown,
      double coverage,
      double gini,
      Estimate novelty) {}

  /**
   * A part of the lists.
   *
   * @param name of the variant, or name and version of the model
   * @param quality over the tests that judged such a list
   * @param novelty mean over the places of such lists, in bits
   */
  public record Group(String name, Quality quality, Estimate novelty) {}

  /**
   * What a candidate source brought. An item that several proposed is that of the first of them.
   *
   * @param hits5 tests that found their item among the first 5, and this source had proposed it
   * @param shareOfHits of all hits among the first 10, 0 to 1
   * @param places among the first ten of the lists that this source got
   * @param shareOfPlaces of all, 0 to 1
   */
  public record Source(
      String name,
      long hits5,
      long hits10,
      long hits20,
      Estimate shareOfHits,
      long places,
      double shareOfPlaces) {}

  /**
   * Some tests one after the other.
   *
   * @param from index of the first of these actions, counted from 0
   * @param to index of the last
   * @param until about when that happened
   */
  public record Window(
      int from, int to, Instant until, int tests, Estimate hitRateAt10, Estimate mrrAt10) {}

  /**
   * A model made its first list.
   *
   * @param action index of the action that the list is for
   * @param about when
   * @param model its name and version
   */
  public record Activation(int action, Instant about, String model) {}

  /**
   * An item.
   *
   * @param actions on it, in the warm-up too
   * @param shown how often it was among the first ten
   * @param wanted how many tests asked for it
   */
  public record Item(String id, int actions, int shown, int wanted) {}
}
