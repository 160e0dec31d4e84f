package dev.freshet.features.type;

/** {@code popularity-rank}: the values of a field with the greatest decayed counts. */
public final class PopularityRankType implements FeatureType {
  private static final int USUAL_SIZE = 100;
  private static final int USUAL_CAPACITY = 1_000;

  @Override
  public String name() {
    return "popularity-rank";
  }

  @Override
  public String description() {
    return "The items, or values of another field, with the greatest decayed counts, best first.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.field(EventField.parse("item").orElseThrow());
    int size = FrequentTexts.size(parameters, USUAL_SIZE);
    return new DecayedTexts.Settings(
        field,
        size,
        FrequentTexts.capacity(parameters, USUAL_CAPACITY, size),
        AffinityType.halfLife(parameters),
        AffinityType.weights(parameters),
        false);
  }
}
