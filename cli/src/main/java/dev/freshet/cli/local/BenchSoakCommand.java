package dev.freshet.cli.local;

import dev.freshet.bench.SoakBench;
import dev.freshet.bench.SoakResult;
import dev.freshet.bench.SoakSettings;
import dev.freshet.bench.Trend;
import dev.freshet.bench.report.SoakReport;
import dev.freshet.cli.CommandException;
import dev.freshet.cli.DurationConverter;
import dev.freshet.cli.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet bench soak}. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description =
        "Keeps the product under steady load for hours, by a fixed number of users who each stay"
            + " with twenty items, and looks whether memory, state, latency or anything else"
            + " grows.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing grows",
      "1:failed, something grows, or actions were not answered exactly once"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet bench soak --hours 8",
      "  ./freshet bench soak --hours 1 --rate 1000 --warm-up 30m",
      "",
      "Writes to --out: soak.html (open it in a browser) and soak.json."
    })
final class BenchSoakCommand implements Callable<Integer> {

  /**
   * Enough that all windows of features are full: for each of the usual users an action every 20
   * seconds of the last hour, and before in every tile, of which those of sessions are the
   * shortest, half an hour.
   */
  private static final int USUAL_HISTORY = 290_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--hours",
      required = true,
      paramLabel = "H",
      description = "How long, beside the warm-up.")
  private double hours;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "500",
      description = "Actions a second. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--max-delay",
      paramLabel = "TIME",
      defaultValue = "5ms",
      description = "How far the watermark is held behind now. Default: ${DEFAULT-VALUE}.")
  private String maxDelay;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      defaultValue = "100",
      description = "Items scored for a list. Default: ${DEFAULT-VALUE}.")
  private int candidates;

  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "Items in the catalog: the more there are, the longer until nothing new happens. Default:"
              + " ${DEFAULT-VALUE}.")
  private int items;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "500",
      description = "Users that act. Default: ${DEFAULT-VALUE}.")
  private int users;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subtasks of each operator. Default: ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      defaultValue = "25m",
      converter = DurationConverter.class,
      description =
          "Load that doesn't count: until all has been seen, and as much is forgotten as comes. Ids"
              + " of actions are remembered for up to 20 minutes. Default: ${DEFAULT-VALUE}.")
  private Duration warmUp;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "Between two samples. Default: ${DEFAULT-VALUE}.")
  private Duration every;

  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws Exception {
    BenchOptions.check("--hours", List.of(hours), 0.001, 1_000);
    BenchOptions.check("--rate", List.of(rate), 1, 100_000);
    BenchOptions.check("--candidates", List.of(candidates), 1, BenchOptions.MOST_CANDIDATES);
    BenchOptions.check("--items", List.of(items), 1, BenchOptions.MOST);
    BenchOptions.check("--users", List.of(users), 1, BenchOptions.MOST);
    BenchOptions.check("--parallelism", List.of(parallelism), 1, BenchOptions.MOST_PARALLELISM);
    BenchOptions.check("--every", List.of(every.toMillis() / 1_000.0), 1, 3_600);
    BenchOptions.checkDelays(List.of(maxDelay));
    SoakSettings settings =
        new SoakSettings(
            hours,
            rate,
            maxDelay,
            candidates,
            items,
            users,
            parallelism,
            warmUp.toMillis() / 1_000.0,
            every.toMillis() / 1_000.0,
            options.history(USUAL_HISTORY));
    PrintWriter out = spec.commandLine().getOut();
    SoakResult result = new SoakBench(settings, options.progress(out)).run();
    print(result, out);
    result.write(options.out());
    new SoakReport(result).write(options.out().resolve("soak.html"));
    out.printf("%nThe figures are in %s.%n", options.out().resolve("soak.html"));
    if (result.missing() + result.repeated() > 0) {
      throw new CommandException(
          "%d actions were not answered, %d were answered more than once."
              .formatted(result.missing(), result.repeated()));
    }
    if (!result.growing().isEmpty()) {
      throw new CommandException(
          "Grows: "
              + result.growing().stream()
                  .map(each -> each.series().label())
                  .collect(Collectors.joining(", "))
              + ".");
    }
    return 0;
  }

  private static void print(SoakResult result, PrintWriter out) {
    TextTable table =
        new TextTable(
            List.of("series", "unit", "mean", "slope/h", "from", "to", "growth", ""),
            Set.of(2, 3, 4, 5, 6));
    for (SoakResult.SeriesTrend each : result.trends()) {
      Trend trend = each.trend();
      table.add(
          List.of(
              each.series().label(),
              each.series().unit(),
              figure(trend.mean()),
              figure(trend.slope()),
              figure(trend.low()),
              figure(trend.high()),
              Double.isFinite(trend.growth())
                  ? String.format(Locale.ROOT, "%+.1f %%", 100 * trend.growth())
                  : "-",
              Double.isNaN(trend.slope())
                  ? "too few samples"
                  : trend.grows() ? "GROWS" : "steady"));
    }
    out.println();
    table.print(out);
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.3f", value) : "-";
  }
}
