package dev.freshet.features.type;

/**
 * A kind of feature, by its name in the catalog. One class each, and one line in {@link
 * FeatureTypes}; docs/how-to/add-a-feature-type.md shows it.
 */
public interface FeatureType {

  /** The name in the catalog, such as {@code decayed-count}. */
  String name();

  /** What it is, in a sentence for someone who chooses a type. */
  String description();

  /**
   * Reads the parameters of one feature. Every key that isn't read is reported as unknown. A wrong
   * value is reported by {@link Parameters} too, which then gives one that does no harm, so that
   * all errors are found at once.
   */
  Aggregation configure(Parameters parameters);
}
