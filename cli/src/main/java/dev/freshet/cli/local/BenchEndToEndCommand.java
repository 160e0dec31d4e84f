package dev.freshet.cli.local;

import dev.freshet.bench.EndToEndBench;
import dev.freshet.bench.EndToEndResult;
import dev.freshet.bench.EndToEndSettings;
import dev.freshet.bench.report.EndToEndReport;
import dev.freshet.cli.CommandException;
import dev.freshet.cli.DurationConverter;
import dev.freshet.cli.TextTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet bench e2e}. */
@Command(
    name = "e2e",
    mixinStandardHelpOptions = true,
    description =
        "Measures how long after an action its list is there, at steady rates, beside a floor: a"
            + " Flink job that reads, counts and writes the same records. Actions are sent when"
            + " they are due, whatever becomes of the earlier ones, and latencies count from then.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, or actions were not answered exactly once"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet bench e2e",
      "  ./freshet bench e2e --rates 1000 --seconds 10 --repeats 1 --warm-up 20s",
      "  ./freshet bench e2e --max-delay 0ms,2ms,10ms --candidates 200 --items 100000",
      "  ./freshet bench e2e --max-delay 0ms --also zgc=-XX:+UseZGC --also 'old=-cp "
          + "/old/cli/target/freshet/lib/*'",
      "",
      "Writes to --out: bench.html (open it in a browser) and bench.json."
    })
final class BenchEndToEndCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--rates",
      paramLabel = "N",
      split = ",",
      defaultValue = "500,1000,2000,5000",
      description = "Actions a second. Default: ${DEFAULT-VALUE}.")
  private List<Double> rates;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Length of a window. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--max-delay",
      paramLabel = "TIME",
      split = ",",
      defaultValue = "0ms,5ms",
      description =
          "How far the watermark is held behind now, each a job of its own: 0ms ranks on arrival."
              + " Default: ${DEFAULT-VALUE}.")
  private List<String> maxDelays;

  @Option(
      names = "--also",
      paramLabel = "NAME=OPTIONS",
      description =
          "A further job beside the others, with the first --max-delay, in a JVM with these options"
              + " after the usual ones: another collector, or with -cp another version's jars. As"
              + " jobs are measured in turns, it says more than two runs.")
  private Map<String, String> also = new LinkedHashMap<>();

  @Option(
      names = "--candidates",
      paramLabel = "N",
      defaultValue = "100",
      description = "Items scored for a list. Default: ${DEFAULT-VALUE}.")
  private int candidates;

  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Items in the catalog. Default: ${DEFAULT-VALUE}.")
  private int items;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Users that act. Default: ${DEFAULT-VALUE}.")
  private int users;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subtasks of each operator. Default: ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Windows for each rate and job, in turns. Default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = DurationConverter.class,
      description =
          "Load that isn't measured, for each job: Java is slow at first. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration warmUp;

  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws Exception {
    BenchOptions.check("--rates", rates, 1, 1_000_000);
    BenchOptions.check("--seconds", List.of(seconds), 1, 3_600);
    BenchOptions.check("--candidates", List.of(candidates), 1, BenchOptions.MOST_CANDIDATES);
    BenchOptions.check("--items", List.of(items), 1, BenchOptions.MOST);
    BenchOptions.check("--users", List.of(users), 1, BenchOptions.MOST);
    BenchOptions.check("--parallelism", List.of(parallelism), 1, BenchOptions.MOST_PARALLELISM);
    BenchOptions.check("--repeats", List.of(repeats), 1, 1_000);
    BenchOptions.check("--warm-up", List.of(warmUp.toSeconds()), 1, 86_400);
    BenchOptions.checkDelays(maxDelays);
    EndToEndSettings settings =
        new EndToEndSettings(
            rates,
            seconds,
            maxDelays,
            furtherJobs(),
            candidates,
            items,
            users,
            parallelism,
            repeats,
            warmUp.toMillis() / 1_000.0,
            options.history(BenchOptions.USUAL_HISTORY));
    PrintWriter out = spec.commandLine().getOut();
    EndToEndResult result = new EndToEndBench(settings, options.progress(out)).run();
    print(result, out);
    Path json = options.out().resolve("bench.json");
    result.write(options.out());
    new EndToEndReport(result).write(options.out().resolve("bench.html"));
    out.printf("%nThe figures are in %s, to be looked at in bench.html.%n", json);
    if (result.unanswered() > 0) {
      throw new CommandException(
          "%d actions were not answered exactly once.".formatted(result.unanswered()));
    }
    return 0;
  }

  private Map<String, List<String>> furtherJobs() {
    Map<String, List<String>> jobs = new LinkedHashMap<>();
    also.forEach(
        (name, options) -> {
          if (!name.matches("[a-z0-9-]+") || options.isBlank()) {
            throw new CommandException(
                "--also %s=%s: wanted are a name of letters a to z, digits and '-', and options of"
                        .formatted(name, options)
                    + " java, as in --also zgc=-XX:+UseZGC.");
          }
          jobs.put(name, List.of(options.trim().split("\\s+")));
        });
    return jobs;
  }

  private static void print(EndToEndResult result, PrintWriter out) {
    TextTable table =
        new TextTable(
            List.of(
                "rate", "job", "p50 ms", "p90", "p99", "p99.9", "max", "lag p50", "lag p99", "late",
                "CPU", "kept up"),
            Set.of(0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    for (EndToEndResult.Medians each : result.medians()) {
      table.add(
          List.of(
              String.format(Locale.ROOT, "%,.0f/s", each.rate()),
              each.variant(),
              figure(each.p50()),
              figure(each.p90()),
              figure(each.p99()),
              figure(each.p999()),
              figure(each.max()),
              figure(each.watermarkLagP50()),
              figure(each.watermarkLagP99()),
              String.format(Locale.ROOT, "%.2f %%", 100 * each.lateShare()),
              figure(each.flinkCpu()),
              each.windows() == 0
                  ? "left out"
                  : each.sustained()
                      + " of "
                      + each.windows()
                      + (each.missing() == 0 ? "" : ", " + each.missing() + " not answered")));
    }
    out.println();
    table.print(out);
    out.println();
    for (EndToEndResult.Ratio ratio : result.ratios()) {
      out.printf(
          Locale.ROOT,
          "%,8.0f/s  %s: %.1f times the floor's p50, %.1f times its p99%n",
          ratio.rate(),
          ratio.variant(),
          ratio.p50(),
          ratio.p99());
    }
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
  }
}
