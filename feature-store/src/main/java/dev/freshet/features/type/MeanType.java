package dev.freshet.features.type;

import dev.freshet.features.aggregate.ExactSum;

/** {@code mean}: the exact sum of the actions' numbers by how many there are. */
public final class MeanType implements FeatureType {

  @Override
  public String name() {
    return "mean";
  }

  @Override
  public String description() {
    return "The mean of a number of the actions, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredNumberField();
    return new NumberAggregation(
        field, ExactSum.MAX_SUMMAND, parameters.window(), () -> new CountedSum(field, true));
  }
}
