package dev.freshet.client.feature;

import dev.freshet.features.Entity;
import java.util.List;

/**
 * How the stored values of one feature agree with the recomputed ones. Counted are entities; one
 * that has a value on neither side isn't.
 *
 * @param equal entities with the same value
 * @param differing entities with another value
 * @param missing entities with a recomputed value and none in the store
 * @param extra entities with a value in the store and none recomputed
 * @param largestAbsolute largest difference of two numbers; 0 if there is none
 * @param largestRelative largest difference, by the larger of the two magnitudes; 0 if there is
 *     none
 * @param examples some of the entities that don't agree
 */
public record FeatureConsistency(
    Entity entity,
    String feature,
    long equal,
    long differing,
    long missing,
    long extra,
    double largestAbsolute,
    double largestRelative,
    List<Example> examples) {

  /**
   * An entity whose values don't agree.
   *
   * @param recomputed null: no value
   * @param stored null: no value
   */
  public record Example(String id, Object recomputed, Object stored) {}

  public FeatureConsistency {
    examples = List.copyOf(examples);
  }

  /** Whether the store has the recomputed values and no others. */
  public boolean isConsistent() {
    return differing + missing + extra == 0;
  }
}
