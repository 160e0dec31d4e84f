package dev.freshet.features;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Catalogs, events and rows for the tests of this package. */
final class TestCatalogs {
  static final long START = 1_700_000_000_000L;

  private TestCatalogs() {}

  /** A catalog of user features that the job computes, each written {@code name: keys}. */
  static FeatureCatalog computed(String... features) {
    StringBuilder yaml = new StringBuilder("features:\n");
    for (String feature : features) {
      yaml.append("  - {entity: user, description: d, name: ").append(feature).append("}\n");
    }
    return FeatureCatalog.parse("test.yaml", yaml.toString());
  }

  /** A catalog of item features that are given, each written {@code name, shape: ...}. */
  static FeatureCatalog given(String... features) {
    StringBuilder yaml = new StringBuilder("features:\n");
    for (String feature : features) {
      yaml.append("  - {entity: item, description: d, type: given, source: store, name: ")
          .append(feature)
          .append("}\n");
    }
    return FeatureCatalog.parse("test.yaml", yaml.toString());
  }

  static FeatureGroup group(FeatureCatalog catalog) {
    return catalog.groups().get(0);
  }

  static FeatureEvent event(String action, long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = action + time;
    event.time = time;
    event.user = "u";
    event.item = "i";
    event.action = action;
    return event;
  }

  /** Views, clicks and purchases in event order, some at one time and some days apart. */
  static List<FeatureEvent> events(Random random, int size) {
    List<FeatureEvent> events = new ArrayList<>();
    long time = START;
    for (int i = 0; i < size; i++) {
      int gap = random.nextInt(4);
      time += gap == 0 ? 0 : random.nextInt(gap == 3 ? 100_000_000 : 600_000);
      FeatureEvent event = event(List.of("view", "click", "purchase").get(random.nextInt(3)), time);
      event.eventId = "e" + (100 + i);
      events.add(event);
    }
    events.sort(FeatureEvent.EVENT_ORDER);
    return events;
  }

  static FeatureRow row(FeatureCatalog catalog, byte[] packed) {
    FeatureGroup group = group(catalog);
    return new FeatureRow(catalog, group.entity(), "x", Map.of(group.name(), packed));
  }
}
