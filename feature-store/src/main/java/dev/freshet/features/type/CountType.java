package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;

/** {@code count}: how many actions there were; of a window 0 if it has none any more. */
public final class CountType implements FeatureType {

  @Override
  public String name() {
    return "count";
  }

  @Override
  public String description() {
    return "How many actions there were, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new Count(parameters.window());
  }

  private record Count(Window window) implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    @Override
    public Accumulator newAccumulator() {
      return window.over(Counter::new);
    }

    @Override
    public long retention() {
      return window.retention();
    }
  }

  private static final class Counter implements Accumulator {
    private long count;

    @Override
    public void clear() {
      count = 0;
    }

    @Override
    public boolean isEmpty() {
      return count == 0;
    }

    @Override
    public void add(FeatureEvent event) {
      count++;
    }

    @Override
    public void merge(Accumulator other) {
      count += ((Counter) other).count;
    }

    @Override
    public void write(ByteWriter out) {
      out.writeVarint(count);
    }

    @Override
    public void read(ByteReader in) {
      count = in.readVarint();
      if (count <= 0) {
        throw new FeatureLayoutException("a count of " + count);
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      return count;
    }

    @Override
    public double numberAt(long time) {
      return count;
    }
  }
}
