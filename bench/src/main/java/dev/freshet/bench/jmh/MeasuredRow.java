package dev.freshet.bench.jmh;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.RowUpdater;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An entity with a history, so that windows, lists and sketches are as full as they get. */
final class MeasuredRow {
  /** Milliseconds between the events of a user or an item: so close that no tile stays empty. */
  private static final long GAP = 60_000;

  /** Of everything together. */
  private static final long GLOBAL_GAP = 1_000;

  private final FeatureCatalog catalog;
  private final FeatureGroup group;
  private final RowUpdater updater;
  private final EventLoop events;
  private byte[] packed;

  private MeasuredRow(FeatureCatalog catalog, Entity entity, EventLoop events, int history) {
    this.catalog = catalog;
    this.events = events;
    group = catalog.computed(entity).orElseThrow();
    updater = new RowUpdater(group);
    for (int i = 0; i < history; i++) {
      update();
    }
  }

  /** A user, an item or everything together, with the features that Freshet comes with. */
  static MeasuredRow bundled(Entity entity, int history) {
    return new MeasuredRow(
        bundledCatalog(),
        entity,
        EventLoop.of(entity, entity == Entity.GLOBAL ? GLOBAL_GAP : GAP),
        history);
  }

  /** An item with thirty features. */
  static MeasuredRow synthetic(int history) {
    return new MeasuredRow(
        SyntheticFeature.all(), Entity.ITEM, EventLoop.of(Entity.ITEM, GAP), history);
  }

  /** An item with one feature, of which every event may concern it. */
  static MeasuredRow of(SyntheticFeature feature, int history) {
    return new MeasuredRow(
        feature.alone(),
        Entity.ITEM,
        feature.isOfCatalog() ? EventLoop.ofCatalog(GAP) : EventLoop.of(Entity.ITEM, GAP),
        history);
  }

  private static FeatureCatalog bundledCatalog() {
    try (InputStream in = MeasuredRow.class.getResourceAsStream("/features/default-catalog.yaml")) {
      return FeatureCatalog.parse(
          "default-catalog.yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled feature catalog", e);
    }
  }

  FeatureCatalog catalog() {
    return catalog;
  }

  FeatureGroup group() {
    return group;
  }

  /** When the last event was. */
  long time() {
    return events.time();
  }

  /** What is stored of it; null before the first event. */
  byte[] packed() {
    return packed;
  }

  /** One event more. */
  byte[] update() {
    packed = updater.add(packed, events.next());
    return packed;
  }

  FeatureRow row() {
    return new FeatureRow(catalog, group.entity(), "x", Map.of(group.name(), packed));
  }
}
