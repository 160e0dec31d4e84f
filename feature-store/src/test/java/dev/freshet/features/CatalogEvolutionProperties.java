package dev.freshet.features;

import static dev.freshet.features.TestCatalogs.START;
import static dev.freshet.features.TestCatalogs.group;
import static dev.freshet.features.TestCatalogs.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureValue.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Rows that were written with one catalog are read and updated with another, in which features were
 * added, removed, renamed, reordered or changed.
 */
class CatalogEvolutionProperties {
  /** What a feature stores; a changed one is another of these under the same name. */
  private static final List<String> KINDS =
      List.of(
          "type: count",
          "type: count, actions: [view]",
          "type: count, actions: [click]",
          "type: count, window: 1h, tile: 5m",
          "type: count, window: 1h, tile: 10m");

  /** A feature of the pool: which kind it is and what it was called. */
  private record Feature(String name, String was, String kind) {
    String yaml(Random random) {
      return name
          + ", "
          + kind
          + (was == null ? "" : ", was: [" + was + "]")
          + (random.nextBoolean() ? ", default: " + random.nextInt(5) : "");
    }
  }

  @Property(tries = 500)
  void valuesAreKeptThatMeanTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Feature> before = new LinkedHashMap<>();
    for (int i = 0; i < 1 + random.nextInt(6); i++) {
      before.put("f" + i, new Feature("f" + i, null, KINDS.get(random.nextInt(KINDS.size()))));
    }
    List<Feature> after = evolved(before, random);
    FeatureCatalog old = catalog(new ArrayList<>(before.values()), random);
    FeatureCatalog next = catalog(after, random);
    List<FeatureEvent> events = TestCatalogs.events(random, 2 + random.nextInt(30));
    int cut = 1 + random.nextInt(events.size() - 1);
    List<FeatureEvent> first = events.subList(0, cut);
    List<FeatureEvent> second = events.subList(cut, events.size());
    byte[] written = new RowUpdater(group(old)).add(null, first);
    byte[] updated = new RowUpdater(group(next)).add(written, second);
    long now = events.get(events.size() - 1).time + 1;

    for (Feature feature : after) {
      Feature origin = before.get(feature.was == null ? feature.name : feature.was);
      boolean kept = origin != null && origin.kind.equals(feature.kind);
      FeatureValue read = row(next, written).at(now).get(feature.name);
      FeatureValue later = row(next, updated).at(now).get(feature.name);
      assertThat(read)
          .as("%s read", feature)
          .isEqualTo(alone(feature, kept ? first : List.of(), now));
      assertThat(later)
          .as("%s updated", feature)
          .isEqualTo(alone(feature, kept ? events : second, now));
    }
    // What the next catalog doesn't have is dropped: the bytes are those of its features alone.
    PackedRow all = new PackedRow(group(next)).parse(updated);
    int bytes = PackedRow.HEADER_BYTES;
    for (int i = 0; i < after.size(); i++) {
      if (all.has(i)) {
        ByteWriter entry = new ByteWriter();
        PackedRow.writeEntry(entry, 0, all.eventTime() - all.time(i));
        entry.writeVarint(all.length(i));
        bytes += entry.size() + all.length(i);
      }
    }
    assertThat(updated).hasSize(bytes);
    assertThat(RowUpdater.version(updated).sequence()).isEqualTo(events.size());
  }

  private static List<Feature> evolved(Map<String, Feature> before, Random random) {
    List<Feature> after = new ArrayList<>();
    before.forEach(
        (name, feature) -> {
          switch (random.nextInt(6)) {
            case 0 -> {} // removed
            case 1 -> after.add(new Feature(name + "_new", name, feature.kind));
            case 2 -> after.add(new Feature(name, null, KINDS.get(random.nextInt(KINDS.size()))));
            default -> after.add(feature);
          }
        });
    for (int i = random.nextInt(3); i >= 0; i--) {
      after.add(new Feature("added_" + i, null, KINDS.get(random.nextInt(KINDS.size()))));
    }
    Collections.shuffle(after, random);
    return after;
  }

  private static FeatureCatalog catalog(List<Feature> features, Random random) {
    return TestCatalogs.computed(
        features.stream().map(feature -> feature.yaml(random)).toArray(String[]::new));
  }

  /** What a feature alone in its catalog makes of events. */
  private static FeatureValue alone(Feature feature, List<FeatureEvent> events, long now) {
    if (events.isEmpty()) {
      return new FeatureValue(Status.EMPTY, null, Long.MIN_VALUE);
    }
    FeatureCatalog catalog = TestCatalogs.computed(feature.name + ", " + feature.kind);
    return row(catalog, new RowUpdater(group(catalog)).add(null, events)).at(now).get(feature.name);
  }

  @Property(tries = 20)
  void ttlDefaultAndDescriptionDoNotChangeWhatIsStored(@ForAll long seed) {
    List<FeatureEvent> events = TestCatalogs.events(new Random(seed), 5);
    FeatureCatalog old = TestCatalogs.computed("f, type: count");
    FeatureCatalog next = TestCatalogs.computed("f, type: count, ttl: 1d, default: 3");
    byte[] packed = new RowUpdater(group(old)).add(null, events);
    long newest = events.get(4).time;
    assertThat(row(next, packed).at(newest).getLong("f")).hasValue(5);
    assertThat(row(next, packed).at(newest + 86_400_001).getLong("f")).hasValue(3);
    assertThat(row(old, packed).at(START + (1L << 45)).getLong("f")).hasValue(5);
  }
}
