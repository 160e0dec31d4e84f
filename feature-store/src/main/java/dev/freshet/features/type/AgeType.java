package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;

/**
 * {@code age}: milliseconds since the first that is known, as of the read: since the first action,
 * and for an item since the catalog's first update of it if that was earlier.
 */
public final class AgeType implements FeatureType {

  @Override
  public String name() {
    return "age";
  }

  @Override
  public String description() {
    return "How many milliseconds ago the first event was, as of the read.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new Age();
  }

  private record Age() implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    /** Ignores deletions: that an item is gone doesn't say since when it was there. */
    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() || !event.deleted;
    }

    @Override
    public Accumulator newAccumulator() {
      return new Elapsed(false);
    }
  }
}
