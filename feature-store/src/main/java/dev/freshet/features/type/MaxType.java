package dev.freshet.features.type;

/** {@code max}: the largest number of all actions, of all time or in a sliding window. */
public final class MaxType implements FeatureType {

  @Override
  public String name() {
    return "max";
  }

  @Override
  public String description() {
    return "The largest number of the actions, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredNumberField();
    return new NumberAggregation(
        field, Double.MAX_VALUE, parameters.window(), () -> new Extreme(field, true));
  }
}
