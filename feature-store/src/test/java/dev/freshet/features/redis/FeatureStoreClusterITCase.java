package dev.freshet.features.redis;

import dev.freshet.embedded.EmbeddedRedisCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a cluster, in which the groups of one entity are on several servers. */
class FeatureStoreClusterITCase {
  @TempDir private static Path folder;
  private static EmbeddedRedisCluster cluster;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = EmbeddedRedisCluster.start(folder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  private static RedisSettings redis() {
    return RedisSettings.cluster(cluster.addresses());
  }

  @Nested
  class Packed extends FeatureStoreContract {
    @Override
    FeatureStoreSettings settings(String of) {
      return FeatureStoreSettings.packed(redis().withPrefix(of));
    }
  }

  @Nested
  class Feast extends FeatureStoreContract {
    @Override
    FeatureStoreSettings settings(String of) {
      return new FeatureStoreSettings(redis(), StoreLayout.FEAST, of);
    }
  }
}
