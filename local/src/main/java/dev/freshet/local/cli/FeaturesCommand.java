package dev.freshet.local.cli;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.jobs.features.BundledCatalog;
import dev.freshet.local.FeatureLines;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet features}: looks at the feature store. */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description = "Looks at the feature store.",
    subcommands = FeaturesCommand.Get.class)
final class FeaturesCommand {

  /** {@code freshet features get}: prints the features of one entity. */
  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Prints what the store knows of a user or an item.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:found", "3:the store has nothing on it"},
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./freshet features get user u0001",
        "  ./freshet features get item 0111161 --json --redis localhost:6379"
      })
  static final class Get implements Callable<Integer> {

    private static final int NOT_FOUND = 3;

    @Spec private CommandSpec spec;

    @Mixin private Connection connection;

    @Parameters(index = "0", paramLabel = "ENTITY", description = "user or item")
    private String entity;

    @Parameters(index = "1", paramLabel = "ID", description = "The user's or item's id")
    private String id;

    @Option(names = "--json", description = "Prints one JSON object on one line.")
    private boolean json;

    @Override
    public Integer call() {
      FreshetConfig config = connection.config();
      FeatureCatalog catalog = BundledCatalog.of(config);
      Entity kind =
          Entity.of(entity)
              .filter(catalog.entities()::contains)
              .orElseThrow(
                  () ->
                      new CommandException(
                          "The feature catalog has no entity '%s'; it has %s."
                              .formatted(entity, catalog.entities())));
      try (FeatureStore store = RecommendationJob.featureStore(config).open(catalog)) {
        Optional<FeatureRow> row = store.get(kind, id);
        if (row.isEmpty()) {
          spec.commandLine()
              .getErr()
              .printf(
                  "The store at %s has nothing on %s %s.%n", config.redis().address(), entity, id);
          return NOT_FOUND;
        }
        print(row.get());
        return 0;
      }
    }

    private void print(FeatureRow row) {
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(FeatureLines.json(row, System.currentTimeMillis()));
        return;
      }
      out.printf(
          "%s %s, as of %s%n",
          row.entity(), row.id(), Instant.ofEpochMilli(row.version().eventTime()));
      row.at(System.currentTimeMillis())
          .present()
          .forEach((name, value) -> out.printf("  %-18s %s%n", name, readable(name, value)));
    }

    private static Object readable(String name, Object value) {
      boolean time = value instanceof Long && (name.endsWith("_time") || name.endsWith("_seen"));
      return time || name.equals("session_start") ? Instant.ofEpochMilli((Long) value) : value;
    }
  }
}
