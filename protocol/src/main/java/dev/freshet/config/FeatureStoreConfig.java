package dev.freshet.config;

import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.features.redis.StoreLayout;
import java.io.Serializable;

/**
 * How features lie in the store.
 *
 * @param layout as compact as can be, or as Feast's SDK reads it
 * @param feastProject name of the Feast project, for its layout
 */
public record FeatureStoreConfig(StoreLayout layout, String feastProject)
    implements Section, Serializable {
  static FeatureStoreConfig defaults() {
    return new FeatureStoreConfig(StoreLayout.PACKED, FeatureStoreSettings.DEFAULT_FEAST_PROJECT);
  }

  @Override
  public void check(Check check) {
    check.name("feast-project", feastProject);
  }
}
