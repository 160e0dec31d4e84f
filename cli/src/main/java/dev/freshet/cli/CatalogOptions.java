package dev.freshet.cli;

import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which feature catalog a command looks at: options of several commands. No server is needed. */
final class CatalogOptions {

  private static final Path USUAL_FILE = Path.of("freshet.yaml");

  @ArgGroup private Chosen chosen = new Chosen();

  /** At most one of the two. */
  private static final class Chosen {
    @Option(names = "--catalog", paramLabel = "FILE", description = "Feature catalog to look at.")
    private Path catalog;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "Configuration file that names the catalog. Default: ./freshet.yaml if there is one,"
                + " else the bundled catalog.")
    private Path config;
  }

  @Option(
      names = "--entity",
      paramLabel = "ENTITY",
      description = "Only the features of user, item, user_item or global.")
  private String entity;

  FeatureCatalog catalog() {
    if (chosen.catalog != null) {
      return FeatureCatalog.load(chosen.catalog);
    }
    if (chosen.config == null && !Files.exists(USUAL_FILE)) {
      return BundledCatalog.get();
    }
    Path config = chosen.config == null ? USUAL_FILE : chosen.config;
    return BundledCatalog.of(FreshetConfig.load(config, System.getenv()));
  }

  /** The kinds of entities that were asked for and have features. */
  List<Entity> entities(FeatureCatalog catalog) {
    return entity == null
        ? List.copyOf(catalog.entities())
        : List.of(EntityArgument.parse(entity, catalog));
  }
}
