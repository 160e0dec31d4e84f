package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;

/** {@code deleted}: whether the catalog's newest update of an item is its deletion. */
public final class DeletedType implements FeatureType {

  @Override
  public String name() {
    return "deleted";
  }

  @Override
  public String description() {
    return "1 if the catalog has deleted the item, 0 if it hasn't.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new Deleted();
  }

  private record Deleted() implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return !event.isAction();
    }

    @Override
    public Accumulator newAccumulator() {
      return new Flag();
    }
  }

  private static final class Flag extends Newest.Small {
    @Override
    long of(FeatureEvent event) {
      return event.deleted ? 1 : 0;
    }
  }
}
