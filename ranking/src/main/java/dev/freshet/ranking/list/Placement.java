package dev.freshet.ranking.list;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * A kind of list: what asks for it, what it is made of, and what must not be in it.
 *
 * @param name as in recommendations
 * @param actions kinds of action that ask for it; {@link #EVERY_ACTION}: all; empty: only requests
 *     do
 * @param listSize items in the list at most
 * @param maxCandidates items scored for the list at most
 * @param history how many of the user's recent items its sources and features regard; 1: what goes
 *     with the current item
 * @param sources candidate sources in the order in which they are asked, each with how many
 *     proposals are taken from it at most
 * @param fallback sources that are asked until the list can be filled, when the others have too few
 * @param excluded what the user must not be shown again
 * @param required an item is listed only if, for each of these attributes, one of its values is
 *     among the given
 * @param forbidden an item is not listed if, for any of these attributes, one of its values is
 *     among the given
 * @param mostPerValue how many items of the same (first) value of an attribute the list holds at
 *     most; items without the attribute are not restrained
 * @param explore places at the end of the list that are kept for candidates of the source {@code
 *     new}, if there are any
 * @param model name of the model that scores; {@link #NO_MODEL}: the order in which candidates were
 *     proposed stands
 */
public record Placement(
    String name,
    Set<String> actions,
    int listSize,
    int maxCandidates,
    int history,
    LinkedHashMap<String, Integer> sources,
    List<String> fallback,
    Set<Exclusion> excluded,
    LinkedHashMap<String, Set<String>> required,
    LinkedHashMap<String, Set<String>> forbidden,
    LinkedHashMap<String, Integer> mostPerValue,
    int explore,
    String model)
    implements Serializable {

  /** Stands in place of a kind of action: all of them. */
  public static final String EVERY_ACTION = "*";

  /** Stands in place of a model: none. */
  public static final String NO_MODEL = "none";

  /** What a user must not be shown again. */
  public enum Exclusion {
    /** What the user acted on, as far back as is remembered. */
    SEEN,
    /** What the user acted on in the current session. */
    SEEN_IN_SESSION,
    /** The item of the asking action, or the one that a request names as being looked at. */
    CURRENT,
    /** What the user bought, as far back as is remembered. */
    BOUGHT
  }

  /** Whether an action of this kind asks for the list. */
  public boolean askedBy(String action) {
    return actions.contains(EVERY_ACTION) || actions.contains(action);
  }
}
