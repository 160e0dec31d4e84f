package dev.freshet.cli;

import dev.freshet.client.feature.FeatureLines;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureValue;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet features get}: prints the features of one entity. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Prints what the store has of a user, an item, a user with an item, or of all.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:found", "3:the store has nothing on it"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet features get user u0001",
      "  ./freshet features get user u0001 --as-of last",
      "  ./freshet features get item 0111161 --json --redis localhost:6379",
      "  ./freshet features get user_item u0001 0111161 --as-of 2026-01-31T08:00:00Z",
      "  ./freshet features get global"
    })
final class FeaturesGetCommand implements Callable<Integer> {

  private static final int NOT_FOUND = 3;

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "ENTITY", description = "user, item, user_item or global")
  private String entity;

  @Parameters(
      index = "1",
      arity = "0..*",
      paramLabel = "ID",
      description = "The user's or item's id; of user_item both; of global none")
  private List<String> ids = List.of();

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      converter = AsOf.Converter.class,
      description =
          "Reads the values as of this time, such as 2026-01-31T08:00:00Z, or as of 'last', the"
              + " time of the newest event. Default: now.")
  private AsOf asOf;

  @Option(names = "--json", description = "Prints one JSON object on one line.")
  private boolean json;

  @Override
  public Integer call() {
    FreshetConfig config = connection.config();
    FeatureCatalog catalog = BundledCatalog.of(config);
    Entity kind = EntityArgument.parse(entity, catalog);
    String id = EntityArgument.id(kind, ids);
    try (FeatureStore store = ConfiguredStore.of(config).open(catalog)) {
      Optional<FeatureRow> row = store.get(kind, id);
      if (row.isEmpty()) {
        spec.commandLine()
            .getErr()
            .printf(
                "The store at %s has nothing on %s %s.%n",
                config.redis().address(), entity, String.join(" ", ids));
        return NOT_FOUND;
      }
      long time = time(row.get());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(FeatureLines.json(row.get(), time));
      } else {
        print(row.get(), time, out);
      }
      out.flush();
      return 0;
    }
  }

  private long time(FeatureRow row) {
    if (asOf == null) {
      return System.currentTimeMillis();
    }
    return asOf.isNewest() ? row.version().eventTime() : asOf.time().toEpochMilli();
  }

  private void print(FeatureRow row, long time, PrintWriter out) {
    long newest = row.version().eventTime();
    out.printf(
        "%s%s, as of %s%n",
        row.entity(), ids.isEmpty() ? "" : " " + String.join(" ", ids), Instant.ofEpochMilli(time));
    out.printf(
        "newest event %s, %s%n",
        Instant.ofEpochMilli(newest),
        newest > time
            ? FeatureText.age(newest - time)
                + " later: windows and decay are of then, counts of all time are not"
            : FeatureText.age(time - newest) + " before");
    out.println();
    TextTable table = new TextTable(List.of("", "feature", "value", "newest event"), Set.of());
    row.at(time)
        .all()
        .forEach(
            (name, value) ->
                table.add(List.of("", name, text(value), age(value.eventTime(), time))));
    table.print(out);
  }

  private static String text(FeatureValue value) {
    return value.isPresent()
        ? FeatureText.value(value.value())
        : "(" + value.status().name().toLowerCase(Locale.ROOT) + ")";
  }

  private static String age(long eventTime, long time) {
    if (eventTime == Long.MIN_VALUE) {
      return "-";
    }
    return eventTime > time
        ? FeatureText.age(eventTime - time) + " later"
        : FeatureText.age(time - eventTime) + " before";
  }
}
