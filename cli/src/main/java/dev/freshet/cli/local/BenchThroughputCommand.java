package dev.freshet.cli.local;

import dev.freshet.bench.StateBackend;
import dev.freshet.bench.ThroughputBench;
import dev.freshet.bench.ThroughputResult;
import dev.freshet.bench.ThroughputSettings;
import dev.freshet.bench.report.ThroughputReport;
import dev.freshet.cli.CommandException;
import dev.freshet.cli.DurationConverter;
import dev.freshet.cli.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet bench throughput}. */
@Command(
    name = "throughput",
    mixinStandardHelpOptions = true,
    description =
        "Measures how many lists a second are made when there is enough to do: a backlog is written"
            + " while the job is down, as in an outage, and worked off. The first value of each"
            + " dimension is the base; each other value is measured with the rest at the base.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, or actions were not answered exactly once"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet bench throughput",
      "  ./freshet bench throughput --candidates 100,50,200,500 --items 10000,100000,1000000",
      "  ./freshet bench throughput --parallelism 1,2 --paced --bound 20ms",
      "  ./freshet bench throughput --users 10000,1000000 --state-backend hashmap,rocksdb",
      "",
      "Writes to --out: throughput.html (open it in a browser) and throughput.json."
    })
final class BenchThroughputCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      split = ",",
      defaultValue = "100,50,200,500",
      description = "Items scored for a list. Default: ${DEFAULT-VALUE}.")
  private List<Integer> candidates;

  @Option(
      names = "--items",
      paramLabel = "N",
      split = ",",
      defaultValue = "10000",
      description = "Items in the catalog. Default: ${DEFAULT-VALUE}.")
  private List<Integer> items;

  @Option(
      names = "--users",
      paramLabel = "N",
      split = ",",
      defaultValue = "10000",
      description = "Users that act. Default: ${DEFAULT-VALUE}.")
  private List<Integer> users;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      split = ",",
      defaultValue = "1",
      description = "Subtasks of each operator. Default: ${DEFAULT-VALUE}.")
  private List<Integer> parallelism;

  @Option(
      names = "--state-backend",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "hashmap",
      description =
          "Where state is kept: hashmap, on the heap, or rocksdb. Default: ${DEFAULT-VALUE}.")
  private List<StateBackend> stateBackends;

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
      names = "--backlog",
      paramLabel = "N",
      defaultValue = "50000",
      description = "Actions that are waiting when the job begins. Default: ${DEFAULT-VALUE}.")
  private int backlog;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      defaultValue = "2",
      description = "Drains that don't count: Java is slow at first. Default: ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(
      names = "--drains",
      paramLabel = "N",
      defaultValue = "3",
      description = "Drains that count. Default: ${DEFAULT-VALUE}.")
  private int drains;

  @Option(
      names = "--paced",
      description = "Also looks for the highest steady rate whose latency stays within --bound.")
  private boolean paced;

  @Option(
      names = "--bound",
      paramLabel = "TIME",
      defaultValue = "50ms",
      converter = DurationConverter.class,
      description =
          "With --paced: what 99 of 100 lists must come within. Default: ${DEFAULT-VALUE}.")
  private Duration bound;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "With --paced: length of a window. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Mixin private BenchOptions options;

  @Override
  public Integer call() throws Exception {
    BenchOptions.check("--candidates", candidates, 1, BenchOptions.MOST_CANDIDATES);
    BenchOptions.check("--items", items, 1, BenchOptions.MOST);
    BenchOptions.check("--users", users, 1, BenchOptions.MOST);
    BenchOptions.check("--parallelism", parallelism, 1, BenchOptions.MOST_PARALLELISM);
    BenchOptions.checkDelays(maxDelays);
    BenchOptions.check("--backlog", List.of(backlog), 100, BenchOptions.MOST_WRITTEN);
    BenchOptions.check("--warm-ups", List.of(warmUps), 0, 1_000);
    BenchOptions.check("--drains", List.of(drains), 1, 1_000);
    BenchOptions.check("--bound", List.of(bound.toMillis()), 1, 60_000);
    BenchOptions.check("--seconds", List.of(seconds), 1, 3_600);
    ThroughputSettings settings =
        new ThroughputSettings(
            candidates,
            items,
            users,
            parallelism,
            stateBackends,
            maxDelays,
            backlog,
            warmUps,
            drains,
            paced ? new ThroughputSettings.Paced(bound.toMillis(), seconds) : null,
            options.history(BenchOptions.USUAL_HISTORY));
    PrintWriter out = spec.commandLine().getOut();
    ThroughputResult result = new ThroughputBench(settings, options.progress(out)).run();
    print(result, out);
    result.write(options.out());
    new ThroughputReport(result).write(options.out().resolve("throughput.html"));
    out.printf("%nThe figures are in %s.%n", options.out().resolve("throughput.html"));
    if (result.unanswered() > 0) {
      throw new CommandException(
          "%d actions were not answered exactly once.".formatted(result.unanswered()));
    }
    return 0;
  }

  private static void print(ThroughputResult result, PrintWriter out) {
    TextTable table =
        new TextTable(
            List.of(
                "candidates",
                "items",
                "users",
                "parallelism",
                "state",
                "max-delay",
                "lists/s",
                "from",
                "to",
                "CPU ms/list",
                "rank us",
                "paced/s"),
            Set.of(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11));
    for (ThroughputResult.PointResult each : result.points()) {
      table.add(
          List.of(
              count(each.point().candidates()),
              count(each.point().items()),
              count(each.point().users()),
              count(each.point().parallelism()),
              each.point().stateBackend().label(),
              each.maxDelay(),
              count(each.listsPerSecond()),
              count(each.lowest()),
              count(each.highest()),
              String.format(Locale.ROOT, "%.3f", each.cpuMillisPerList()),
              count(each.drains().get(each.drains().size() - 1).rankMicros()),
              each.paced() == null ? "-" : count(each.paced().rate())));
    }
    out.println();
    table.print(out);
  }

  private static String count(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : "none";
  }
}
