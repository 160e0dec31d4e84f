package dev.freshet.features;

import java.util.List;

/** The catalog of the tests and of the worked example in docs/feature-store-layout.md. */
final class Catalogs {
  static final FeatureCatalog SHOP =
      new FeatureCatalog(
          List.of(
              new FeatureDefinition(
                  "action_count", "user", FeatureType.LONG, "Actions so far, a count"),
              new FeatureDefinition(
                  "decayed_count", "user", FeatureType.DOUBLE, "Actions, half-life 1 h, a count"),
              new FeatureDefinition(
                  "last_item", "user", FeatureType.STRING, "Item of the last action, an item id"),
              new FeatureDefinition(
                  "last_items", "user", FeatureType.STRINGS, "Newest first, item ids"),
              new FeatureDefinition(
                  "view_count", "item", FeatureType.LONG, "Views so far, a count"),
              new FeatureDefinition(
                  "category", "item", FeatureType.STRING, "From the item catalog, a name")));

  static final int ACTION_COUNT = SHOP.index("user", "action_count");
  static final int DECAYED_COUNT = SHOP.index("user", "decayed_count");
  static final int LAST_ITEM = SHOP.index("user", "last_item");
  static final int LAST_ITEMS = SHOP.index("user", "last_items");
  static final int VIEW_COUNT = SHOP.index("item", "view_count");

  private Catalogs() {}
}
