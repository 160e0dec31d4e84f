package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;
import java.util.List;
import java.util.function.Supplier;

/**
 * An aggregation of the numbers that actions carry. An action without a number, or with one that is
 * out of range, is not looked at.
 *
 * @param field where the number is
 * @param most the largest magnitude of a number
 */
record NumberAggregation(
    EventField field, double most, Window window, Supplier<Accumulator> accumulators)
    implements Aggregation {

  @Override
  public ValueType valueType() {
    return ValueType.DOUBLE;
  }

  @Override
  public boolean takes(FeatureEvent event) {
    // Not so for NaN.
    return event.isAction() && Math.abs(field.number(event)) <= most;
  }

  @Override
  public List<EventField> fields() {
    return List.of(field);
  }

  @Override
  public Accumulator newAccumulator() {
    return window.over(accumulators);
  }

  @Override
  public long retention() {
    return window.retention();
  }
}
