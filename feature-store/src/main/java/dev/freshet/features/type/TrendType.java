package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import dev.freshet.features.aggregate.DecayedSum;

/**
 * {@code trend}: how fast actions come of late against how fast they have come for longer. With S
 * and L the decayed counts of a short and a long half-life, s and l,
 *
 * <pre>{@code
 * trend = (S x l / s + w) / (L + w)
 * }</pre>
 *
 * <p>A steady stream of r actions a millisecond has S = r s / ln 2 and L = r l / ln 2, and so the
 * trend 1; w actions of such a stream are assumed beforehand.
 */
public final class TrendType implements FeatureType {
  private static final double USUAL_WEIGHT = 10;

  @Override
  public String name() {
    return "trend";
  }

  @Override
  public String description() {
    return "How fast actions come of late against how fast they have come for longer; 1 is steady.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    long shortHalfLife = DecayedCountType.halfLife(parameters, "short");
    long longHalfLife = DecayedCountType.halfLife(parameters, "long");
    if (parameters.has("short") && parameters.has("long") && shortHalfLife >= longHalfLife) {
      parameters.problem("long", "isn't longer than short", "Write a longer half-life.");
    }
    double weight = parameters.number("prior-weight", USUAL_WEIGHT, 1e-3, 1e9);
    return new Trend(shortHalfLife, longHalfLife, weight);
  }

  private record Trend(long shortHalfLife, long longHalfLife, double weight)
      implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.DOUBLE;
    }

    @Override
    public Object valueOfNothing() {
      return 1.0;
    }

    @Override
    public Accumulator newAccumulator() {
      return new Sums(this);
    }
  }

  private static final class Sums implements Accumulator {
    private final Trend trend;
    private final DecayedSum late;
    private final DecayedSum longer;

    Sums(Trend trend) {
      this.trend = trend;
      late = new DecayedSum(trend.shortHalfLife);
      longer = new DecayedSum(trend.longHalfLife);
    }

    @Override
    public void clear() {
      late.clear();
      longer.clear();
    }

    @Override
    public boolean isEmpty() {
      return longer.isEmpty();
    }

    @Override
    public void add(FeatureEvent event) {
      late.add(event.time, 1);
      longer.add(event.time, 1);
    }

    @Override
    public void merge(Accumulator other) {
      late.merge(((Sums) other).late);
      longer.merge(((Sums) other).longer);
    }

    @Override
    public void write(ByteWriter out) {
      late.write(out);
      longer.write(out);
    }

    @Override
    public void read(ByteReader in) {
      late.read(in);
      longer.read(in);
      if (late.isEmpty() || longer.isEmpty()) {
        throw new FeatureLayoutException("a trend of nothing");
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      return numberAt(time);
    }

    @Override
    public double numberAt(long time) {
      double scale = (double) trend.longHalfLife / trend.shortHalfLife;
      return (late.valueAt(time) * scale + trend.weight) / (longer.valueAt(time) + trend.weight);
    }
  }
}
