package dev.freshet.features.type;

import dev.freshet.features.aggregate.DecayedSums;
import java.util.HashMap;
import java.util.Map;

/** {@code affinity}: how much of an entity's recent activity each value of a field has. */
public final class AffinityType implements FeatureType {
  private static final int USUAL_SIZE = 10;
  private static final int USUAL_CAPACITY = 100;

  @Override
  public String name() {
    return "affinity";
  }

  @Override
  public String description() {
    return "How much of the activity each value of a field has, where old actions fade:"
        + " shares or decayed counts.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredField("Name what is liked, such as item.category.");
    int size = FrequentTexts.size(parameters, USUAL_SIZE);
    return new DecayedTexts.Settings(
        field,
        size,
        FrequentTexts.capacity(parameters, USUAL_CAPACITY, size),
        halfLife(parameters),
        weights(parameters),
        parameters.flag("shares", true));
  }

  /** The key {@code half-life}, which must be there. */
  static long halfLife(Parameters parameters) {
    long halfLife =
        parameters.requiredDuration(
            "half-life", "Write after how long an action counts half, such as 7d.");
    if (halfLife > DecayedSums.MAX_HALF_LIFE) {
      parameters.problem("half-life", "is too long", "Write at most 25000d.");
      return DecayedSums.MAX_HALF_LIFE;
    }
    return halfLife;
  }

  /** The key {@code weights}: what an action counts, by its kind. */
  static Map<String, Double> weights(Parameters parameters) {
    Map<String, Double> weights = new HashMap<>();
    for (String entry : parameters.textSet("weights")) {
      int end = entry.lastIndexOf('=');
      String action = entry.substring(0, Math.max(0, end)).strip();
      double weight = weight(entry.substring(end + 1).strip());
      if (action.isEmpty() || Double.isNaN(weight)) {
        parameters.problem(
            "weights",
            "'" + entry + "' is no action with a weight",
            "Write ACTION=WEIGHT, as [view=1, purchase=5]; a weight is 0, or from %s to %s.",
            DecayedSums.MIN_WEIGHT,
            DecayedSums.MAX_WEIGHT);
      } else if (weights.put(action, weight) != null) {
        parameters.problem("weights", "has " + action + " twice", "Give each action one weight.");
      }
    }
    return Map.copyOf(weights);
  }

  /** NaN if it can't be one. */
  private static double weight(String text) {
    try {
      double weight = Double.parseDouble(text);
      boolean fits =
          weight == 0 || (weight >= DecayedSums.MIN_WEIGHT && weight <= DecayedSums.MAX_WEIGHT);
      return fits ? weight : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
