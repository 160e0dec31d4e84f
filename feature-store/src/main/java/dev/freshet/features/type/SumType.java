package dev.freshet.features.type;

import dev.freshet.features.aggregate.ExactSum;

/** {@code sum}: the exact sum of the actions' numbers; of a window 0 if it has none any more. */
public final class SumType implements FeatureType {

  @Override
  public String name() {
    return "sum";
  }

  @Override
  public String description() {
    return "The sum of a number of the actions, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredNumberField();
    return new NumberAggregation(
        field, ExactSum.MAX_SUMMAND, parameters.window(), () -> new CountedSum(field, false));
  }
}
