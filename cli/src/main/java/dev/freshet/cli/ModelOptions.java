package dev.freshet.cli;

import dev.freshet.client.model.ModelControl;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.PlacementConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the topic of models is and what they are checked against: options of several commands. */
final class ModelOptions {

  @Mixin private Connection connection;

  @Option(
      names = "--catalog",
      paramLabel = "FILE",
      description =
          "Feature catalog that the job runs with. Default: that of the configuration, else the"
              + " bundled one.")
  private Path catalog;

  /** Names of the models that the configuration's placements rank with. */
  Set<String> wanted() {
    return connection.config().ranking().placements().values().stream()
        .map(PlacementConfig::model)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  ModelControl control() {
    FreshetConfig config = connection.config();
    if (catalog != null) {
      config = config.with(Map.of("features.catalog", catalog.toString()));
    }
    return new ModelControl(config, BundledCatalog.of(config), Clock.systemUTC());
  }
}
