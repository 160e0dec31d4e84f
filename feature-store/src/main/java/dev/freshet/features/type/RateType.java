package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import java.util.Set;

/**
 * {@code rate}: how many actions of some kinds there are for each of others, smoothed towards a
 * prior: (numerator + prior x weight) / (denominator + weight). So it is the mean that a beta prior
 * gives, which weighs as much as {@code prior-weight} actions of the denominator.
 */
public final class RateType implements FeatureType {
  private static final String EXAMPLE = "Write the kinds of action, as [click].";

  @Override
  public String name() {
    return "rate";
  }

  @Override
  public String description() {
    return "The smoothed ratio of two counts of actions, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    Set<String> numerator = kinds(parameters, "numerator");
    Set<String> denominator = kinds(parameters, "denominator");
    boolean smoothed = parameters.has("prior");
    if (parameters.has("prior-weight") && !smoothed) {
      parameters.missing("prior", "Say which rate to assume, or remove prior-weight.");
    }
    if (smoothed && !parameters.has("prior-weight")) {
      parameters.missing("prior-weight", "Say how many events the prior weighs, as 20.");
    }
    double prior = parameters.number("prior", 0, 0, 1e9);
    double weight = parameters.number("prior-weight", 0, 0, 1e9);
    if (smoothed && parameters.has("prior-weight") && weight == 0) {
      parameters.problem("prior-weight", "is 0", "Write a weight, or remove it and the prior.");
    }
    return new Rate(numerator, denominator, smoothed ? prior : 0, weight, parameters.window());
  }

  private static Set<String> kinds(Parameters parameters, String key) {
    if (!parameters.has(key)) {
      parameters.missing(key, EXAMPLE);
    }
    return parameters.textSet(key);
  }

  /**
   * @param weight 0 for no prior
   */
  private record Rate(
      Set<String> numerator, Set<String> denominator, double prior, double weight, Window window)
      implements Aggregation {

    @Override
    public ValueType valueType() {
      return ValueType.DOUBLE;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction()
          && (numerator.contains(event.action) || denominator.contains(event.action));
    }

    @Override
    public boolean choosesActions() {
      return true;
    }

    @Override
    public Object valueOfNothing() {
      return weight == 0 ? null : prior;
    }

    @Override
    public Accumulator newAccumulator() {
      return window.over(() -> new Counts(this));
    }

    @Override
    public long retention() {
      return window.retention();
    }
  }

  private static final class Counts implements Accumulator {
    private final Rate rate;
    private long numerator;
    private long denominator;

    Counts(Rate rate) {
      this.rate = rate;
    }

    @Override
    public void clear() {
      numerator = 0;
      denominator = 0;
    }

    @Override
    public boolean isEmpty() {
      return numerator == 0 && denominator == 0;
    }

    @Override
    public void add(FeatureEvent event) {
      if (rate.numerator.contains(event.action)) {
        numerator++;
      }
      if (rate.denominator.contains(event.action)) {
        denominator++;
      }
    }

    @Override
    public void merge(Accumulator other) {
      Counts from = (Counts) other;
      numerator += from.numerator;
      denominator += from.denominator;
    }

    @Override
    public void write(ByteWriter out) {
      out.writeVarint(numerator);
      out.writeVarint(denominator);
    }

    @Override
    public void read(ByteReader in) {
      numerator = in.readVarint();
      denominator = in.readVarint();
      if (numerator < 0 || denominator < 0 || isEmpty()) {
        throw new FeatureLayoutException(
            "counts of " + numerator + " for each of " + denominator + " actions");
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      double value = numberAt(time);
      return Double.isNaN(value) ? null : value;
    }

    @Override
    public double numberAt(long time) {
      if (denominator == 0 && rate.weight == 0) {
        return Double.NaN;
      }
      return (numerator + rate.prior * rate.weight) / (denominator + rate.weight);
    }
  }
}
