package dev.freshet.bench.jmh;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Items whose features are floats that a batch job gives. */
final class GivenFloats {
  /** The event time of all values. */
  static final long TIME = 1_700_000_000_000L;

  private final FeatureGroup group;
  private final RowUpdater updater;
  private final Random random = new Random(1);

  GivenFloats(FeatureCatalog catalog) {
    group = catalog.groups(Entity.ITEM).get(0);
    updater = new RowUpdater(group);
  }

  /** A catalog with one feature of so many floats. */
  static FeatureCatalog oneFeature(int floats) {
    return FeatureCatalog.parse(
        "one", "features:\n" + line("embedding", "numbers[" + floats + "]"));
  }

  /** A catalog with a feature for each of the floats. */
  static FeatureCatalog features(int floats) {
    StringBuilder yaml = new StringBuilder("features:\n");
    for (int i = 0; i < floats; i++) {
      yaml.append(line("feature_%03d".formatted(i), "number"));
    }
    return FeatureCatalog.parse("many", yaml.toString());
  }

  private static String line(String name, String shape) {
    return "  - {entity: item, name: %s, type: given, shape: '%s', source: store, description: d}%n"
        .formatted(name, shape);
  }

  List<String> names() {
    return group.features().stream().map(FeatureDefinition::name).toList();
  }

  /** An item's next floats. */
  FeatureWrite write(String id) {
    Map<String, Object> values = new HashMap<>();
    for (FeatureDefinition feature : group.features()) {
      if (feature.valueType() == ValueType.NUMBERS) {
        double[] numbers = new double[feature.aggregation().length()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = nextFloat();
        }
        values.put(feature.name(), numbers);
      } else {
        values.put(feature.name(), nextFloat());
      }
    }
    return new FeatureWrite(group, id, updater.given(new FeatureVersion(TIME, 1), values));
  }

  private double nextFloat() {
    return (float) random.nextGaussian();
  }
}
