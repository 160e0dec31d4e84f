package dev.freshet.features.type;

/** {@code min}: the smallest number of all actions, of all time or in a sliding window. */
public final class MinType implements FeatureType {

  @Override
  public String name() {
    return "min";
  }

  @Override
  public String description() {
    return "The smallest number of the actions, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredNumberField();
    return new NumberAggregation(
        field, Double.MAX_VALUE, parameters.window(), () -> new Extreme(field, false));
  }
}
