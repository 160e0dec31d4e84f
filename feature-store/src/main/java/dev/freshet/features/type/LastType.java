package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;
import java.util.List;

/** {@code last}: a field of the newest event that has it. */
public final class LastType implements FeatureType {

  @Override
  public String name() {
    return "last";
  }

  @Override
  public String description() {
    return "A field of the newest action that has it.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new Last(parameters.requiredField("Name what is remembered, such as item."));
  }

  private record Last(EventField field) implements Aggregation {
    @Override
    public ValueType valueType() {
      return field.isNumber() ? ValueType.DOUBLE : ValueType.TEXT;
    }

    /** An action without the field changes nothing, not even the feature's event time. */
    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() && field.count(event) > 0;
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return field.isNumber() ? new Newest.Number(field) : new Newest.Texts(field, false);
    }
  }
}
