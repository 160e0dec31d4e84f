package dev.freshet.ranking.serving;

import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.source.CandidateSources;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings of {@link Ranker}.
 *
 * @param historyLength how many of the user's recent items are known
 * @param placements the kinds of lists, at least one
 * @param stored the features that requests and item changes carry from the store
 * @param training whether what was served becomes training examples
 * @param sampledNegatives candidates remembered for training beside the listed ones
 * @param explanations whether each list is explained
 * @param waitForModels whether a list waits for a model that is being loaded: in a replay
 * @param settledUntil event time up to which it is settled from the start which models serve. At
 *     that time ranking waits for a plan that covers later times; {@link #SETTLED}: it never waits
 *     for one
 */
public record RankerSettings(
    int historyLength,
    List<Placement> placements,
    StoreFeatures stored,
    boolean training,
    int sampledNegatives,
    boolean explanations,
    boolean waitForModels,
    long settledUntil)
    implements Serializable {

  /** No plan is waited for. */
  public static final long SETTLED = Long.MAX_VALUE;

  private static final long serialVersionUID = 1;

  public RankerSettings {
    placements = List.copyOf(placements);
  }

  /** The attributes of items that placements look at, each once. */
  public List<String> attributes() {
    Set<String> attributes = new LinkedHashSet<>();
    for (Placement placement : placements) {
      attributes.addAll(CandidateSources.STANDARD.attributes(placement.sources().keySet()));
      attributes.addAll(CandidateSources.STANDARD.attributes(placement.fallback()));
      attributes.addAll(placement.required().keySet());
      attributes.addAll(placement.forbidden().keySet());
      attributes.addAll(placement.mostPerValue().keySet());
    }
    return List.copyOf(attributes);
  }

  /** Candidates of a list, of any placement or given by a request, at most. */
  public int mostCandidates() {
    return placements.stream()
        .mapToInt(Placement::maxCandidates)
        .reduce(Ranker.MOST_GIVEN, Math::max);
  }
}
