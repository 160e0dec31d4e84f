package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.RowUpdater;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What every feature type promises, held against a naive recomputation from the whole log: the same
 * value, as of any time from the newest event on, whatever the order of the events and however they
 * are split over values that are merged.
 */
abstract class TypeContract {

  /** Recomputes a feature from all events, in event order, as of a time; null for no value. */
  @FunctionalInterface
  interface Oracle {
    Object value(List<FeatureEvent> events, long time);
  }

  /** Whether a value is what the oracle says; by default: equal. */
  protected void assertSame(Object actual, Object expected, String description) {
    assertThat(actual).as(description).isEqualTo(expected);
  }

  /**
   * Holds one feature against its oracle.
   *
   * @param parameters the feature's YAML but name, entity and description, a key a line
   * @param events of one entity, without duplicates
   */
  final void check(String parameters, List<FeatureEvent> events, Oracle oracle, Random random) {
    FeatureCatalog catalog = catalog(parameters);
    RowUpdater updater = new RowUpdater(catalog.computed(Entity.USER).orElseThrow());
    List<FeatureEvent> ordered = new ArrayList<>(events);
    ordered.sort(FeatureEvent.EVENT_ORDER);
    List<FeatureEvent> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);

    byte[] inOrder = oneByOne(updater, ordered);
    byte[] inAnyOrder = oneByOne(updater, shuffled);
    byte[] merged = merged(updater, shuffled, 1 + random.nextInt(4), random);

    assertThat(inAnyOrder).as("in another order").isEqualTo(inOrder);
    assertThat(merged).as("split and merged").isEqualTo(inOrder);
    long newest = ordered.get(ordered.size() - 1).time;
    for (long time : readTimes(newest, random)) {
      assertSame(
          value(catalog, inOrder, time),
          oracle.value(Collections.unmodifiableList(ordered), time),
          parameters + " as of " + time + ", " + (time - newest) + " ms after the newest");
    }
  }

  /** The catalog of one feature, called f. */
  static FeatureCatalog catalog(String parameters) {
    return FeatureCatalog.parse(
        "test.yaml",
        "features:\n  - name: f\n    entity: user\n    description: What is tested\n    "
            + parameters.strip().replaceAll("\n\\s*", "\n    ")
            + "\n");
  }

  static Object value(FeatureCatalog catalog, byte[] packed, long time) {
    FeatureGroup group = catalog.computed(Entity.USER).orElseThrow();
    FeatureValue value =
        new FeatureRow(catalog, Entity.USER, "u", Map.of(group.name(), packed)).at(time).get("f");
    return value.value();
  }

  static byte[] oneByOne(RowUpdater updater, List<FeatureEvent> events) {
    byte[] packed = null;
    for (FeatureEvent event : events) {
      packed = updater.add(packed, List.of(event));
    }
    return packed;
  }

  private static byte[] merged(
      RowUpdater updater, List<FeatureEvent> events, int parts, Random random) {
    List<List<FeatureEvent>> split = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      split.add(new ArrayList<>());
    }
    events.forEach(event -> split.get(random.nextInt(parts)).add(event));
    byte[] merged = null;
    for (List<FeatureEvent> part : split) {
      if (!part.isEmpty()) {
        byte[] packed = oneByOne(updater, part);
        merged = merged == null ? packed : updater.merge(merged, packed);
      }
    }
    return merged;
  }

  private static List<Long> readTimes(long newest, Random random) {
    List<Long> times = new ArrayList<>(List.of(newest, newest + 1));
    for (int power = 3; power < 10; power++) {
      times.add(newest + (long) (random.nextDouble() * Math.pow(10, power)));
    }
    return times;
  }
}
