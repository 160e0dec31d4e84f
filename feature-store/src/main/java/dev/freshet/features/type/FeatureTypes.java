package dev.freshet.features.type;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The feature types that a catalog can use. A new one is a class and a line here. */
public final class FeatureTypes {
  private static final Map<String, FeatureType> BY_NAME = new LinkedHashMap<>();

  static {
    for (FeatureType type :
        List.of(
            new CountType(),
            new SumType(),
            new MeanType(),
            new MinType(),
            new MaxType(),
            new DecayedCountType(),
            new RateType(),
            new TrendType(),
            new TimeSinceType(),
            new AgeType(),
            new SessionType(),
            new LastType(),
            new LastNType(),
            new TopKType(),
            new DistinctType(),
            new QuantileType(),
            new AffinityType(),
            new PopularityRankType(),
            new AttributeType(),
            new DeletedType(),
            new GivenType())) {
      BY_NAME.put(type.name(), type);
    }
  }

  private FeatureTypes() {}

  /** The type of a name. */
  public static Optional<FeatureType> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** All types, in the order of the documentation. */
  public static Collection<FeatureType> all() {
    return BY_NAME.values();
  }
}
