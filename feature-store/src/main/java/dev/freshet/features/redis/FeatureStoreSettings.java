package dev.freshet.features.redis;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureStoreException;
import java.io.Serializable;
import java.util.function.Consumer;

/**
 * Where the feature store is, and how features lie in it.
 *
 * @param feastProject the name of the Feast project, for the layout {@link StoreLayout#FEAST}
 */
public record FeatureStoreSettings(RedisSettings redis, StoreLayout layout, String feastProject)
    implements Serializable {

  /** The name of the Feast project unless another is given. */
  public static final String DEFAULT_FEAST_PROJECT = "freshet";

  /** The usual layout. */
  public static FeatureStoreSettings packed(RedisSettings redis) {
    return new FeatureStoreSettings(redis, StoreLayout.PACKED, DEFAULT_FEAST_PROJECT);
  }

  /** The same with another way of repeating what fails. */
  public FeatureStoreSettings withRetry(RedisRetry retry) {
    return new FeatureStoreSettings(redis.withRetry(retry), layout, feastProject);
  }

  /** Makes a store that connects when it is first used. */
  public FeatureStore open(FeatureCatalog catalog) {
    return open(catalog, failure -> {});
  }

  /**
   * Makes a store that connects when it is first used.
   *
   * @param onRetry receives every failure after which a request is repeated
   */
  public FeatureStore open(FeatureCatalog catalog, Consumer<FeatureStoreException> onRetry) {
    return switch (layout) {
      case PACKED -> new RedisFeatureStore(redis, catalog, onRetry);
      case FEAST -> new FeastFeatureStore(redis, feastProject, catalog, onRetry);
    };
  }

  @Override
  public String toString() {
    return layout == StoreLayout.FEAST
        ? redis + ", in Feast's layout, project " + feastProject
        : redis.toString();
  }
}
