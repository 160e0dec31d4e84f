package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import dev.freshet.features.aggregate.DecayedSum;
import java.util.List;

/**
 * {@code decayed-count}: a count, or a sum of numbers, in which every action counts half as much
 * after every half-life.
 */
public final class DecayedCountType implements FeatureType {

  @Override
  public String name() {
    return "decayed-count";
  }

  @Override
  public String description() {
    return "How many actions there were, each halved after every half-life.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    long halfLife = halfLife(parameters, "half-life");
    EventField weight = parameters.has("of") ? parameters.requiredNumberField() : null;
    return new Decayed(halfLife, weight);
  }

  /** A half-life in milliseconds, which must be there. */
  static long halfLife(Parameters parameters, String key) {
    long halfLife =
        parameters.requiredDuration(key, "Write after how long an action counts half, as 1h.");
    if (halfLife > Long.MAX_VALUE / DecayedSum.SPAN) {
      parameters.problem(key, "is too long", "Write at most 1000000000d.");
      return 1;
    }
    return halfLife;
  }

  /**
   * @param weight what an action counts; null for 1
   */
  private record Decayed(long halfLife, EventField weight) implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.DOUBLE;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      // Not so for NaN.
      return event.isAction()
          && (weight == null || Math.abs(weight.number(event)) <= DecayedSum.MAX_WEIGHT);
    }

    @Override
    public List<EventField> fields() {
      return weight == null ? List.of() : List.of(weight);
    }

    @Override
    public Accumulator newAccumulator() {
      return new Sum(this);
    }
  }

  private static final class Sum implements Accumulator {
    private final EventField weight;
    private final DecayedSum sum;

    Sum(Decayed decayed) {
      weight = decayed.weight;
      sum = new DecayedSum(decayed.halfLife);
    }

    @Override
    public void clear() {
      sum.clear();
    }

    @Override
    public boolean isEmpty() {
      return sum.isEmpty();
    }

    @Override
    public void add(FeatureEvent event) {
      sum.add(event.time, weight == null ? 1 : weight.number(event));
    }

    @Override
    public void merge(Accumulator other) {
      sum.merge(((Sum) other).sum);
    }

    @Override
    public void write(ByteWriter out) {
      sum.write(out);
    }

    @Override
    public void read(ByteReader in) {
      sum.read(in);
      if (sum.isEmpty()) {
        throw new FeatureLayoutException("a decayed sum of nothing");
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      return numberAt(time);
    }

    @Override
    public double numberAt(long time) {
      return sum.valueAt(time);
    }
  }
}
