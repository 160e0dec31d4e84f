package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;
import java.util.List;

/** A feature type with its parameters: what the values are, and how they come from events. */
public interface Aggregation {

  /** What the values are. */
  ValueType valueType();

  /** How many numbers a value of {@link ValueType#NUMBERS} has; 1 for every other type. */
  default int length() {
    return 1;
  }

  /**
   * Whether the aggregation looks at this kind of event: as a rule at actions, not at the catalog's
   * updates of an item.
   */
  default boolean takes(FeatureEvent event) {
    return event.isAction();
  }

  /**
   * Whether it names kinds of action itself, so that the catalog's {@code actions} has no place.
   */
  default boolean choosesActions() {
    return false;
  }

  /** What stands for a value where no event has been seen, unless the catalog says otherwise. */
  default Object valueOfNothing() {
    return null;
  }

  /** The parts of an event that it looks at. */
  default List<EventField> fields() {
    return List.of();
  }

  /** A new, empty accumulator. */
  Accumulator newAccumulator();

  /**
   * Returns how long after an event the value can depend on it, in milliseconds; {@link
   * Long#MAX_VALUE} for ever.
   */
  default long retention() {
    return Long.MAX_VALUE;
  }
}
