package dev.freshet.features.type;

import dev.freshet.features.ValueType;

/** {@code time-since}: milliseconds since the newest action, as of the read. */
public final class TimeSinceType implements FeatureType {

  @Override
  public String name() {
    return "time-since";
  }

  @Override
  public String description() {
    return "How many milliseconds ago the newest action was, as of the read.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new TimeSince();
  }

  private record TimeSince() implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    @Override
    public Accumulator newAccumulator() {
      return new Elapsed(true);
    }
  }
}
