package dev.freshet.cli;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.PairedRanks;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.compare.ReplayComparison;
import dev.freshet.replay.report.ComparisonReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet replay compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compares what two replays of the same actions have found, test by test: prints each metric"
          + " of both, the difference B - A with its 95 %% interval, and how likely one as large"
          + " were by chance; writes the same as a page.",
      "Intervals and p draw users anew, with all of their tests; for hit rates McNemar's test is"
          + " told beside it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:compared", "1:failed, or the two can't be compared"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet replay events.csv --examples --out OUT",
      "  ./freshet models train OUT/examples.avro --until 0.5 --version half --out half.onnx",
      "  ./freshet replay events.csv --warmup 0.5 --out A",
      "  ./freshet replay events.csv --warmup 0.5 --model half.onnx --out B",
      "  ./freshet replay compare A B",
      "  ./freshet replay compare A B --out ab.html"
    })
final class ReplayCompareCommand implements Callable<Integer> {

  private static final int NOT_COMPARABLE = 1;
  private static final String UNKNOWN = "-";

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "--out of the first replay.")
  private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "--out of the second.")
  private Path b;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "compare.html",
      description = "Page to write. Default: ${DEFAULT-VALUE} in the working directory.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (Files.isDirectory(out)) {
      throw new CommandException(
          "--out "
              + out
              + " is a folder. Name a file, such as "
              + out.resolve("compare.html")
              + ".");
    }
    ReplayComparison comparison = ReplayComparison.of(a, b);
    PrintWriter console = spec.commandLine().getOut();
    if (!comparison.isComparable()) {
      PrintWriter error = spec.commandLine().getErr();
      error.printf("%s and %s can't be compared:%n", a, b);
      comparison.notComparable().forEach(reason -> error.printf("  %s%n", reason));
      error.println(
          "Both replays must be of the same files, with the same --warmup, --lists and"
              + " --exclude-seen.");
      error.flush();
      return NOT_COMPARABLE;
    }
    console.printf("A  %s%nB  %s%n", a, b);
    comparison.placements().forEach(placement -> print(placement, console));
    if (!comparison.onlyInOne().isEmpty()) {
      console.printf(
          "%nOnly one of them has placement %s.%n", String.join(", ", comparison.onlyInOne()));
    }
    new ComparisonReport(comparison).write(out);
    console.printf("%nWritten to %s%n", out);
    console.flush();
    return 0;
  }

  private static void print(ReplayComparison.Placement placement, PrintWriter console) {
    console.printf(
        Locale.ROOT,
        "%nPlacement %s: %,d tests of %,d users%n",
        placement.name(),
        placement.tests(),
        placement.users());
    TextTable table =
        new TextTable(
            List.of("metric", "A", "B", "B - A", "95 %", "p", "McNemar's p"),
            Set.of(1, 2, 3, 4, 5, 6));
    for (PairedRanks.Comparison metric : placement.metrics()) {
      Estimate difference = metric.difference();
      table.add(
          List.of(
              metric.metric().label(),
              number("%.4f", metric.a()),
              number("%.4f", metric.b()),
              number("%+.4f", difference.value()),
              difference.hasInterval()
                  ? number("%+.4f", difference.low()) + " .. " + number("%+.4f", difference.high())
                  : UNKNOWN,
              probability(metric.p()),
              metric.metric().kind() == RankMetric.Kind.HIT_RATE
                  ? probability(metric.mcNemar())
                  : ""));
    }
    placement
        .lists()
        .forEach(
            (name, both) ->
                table.add(
                    List.of(
                        name,
                        number("%.4f", both.a()),
                        number("%.4f", both.b()),
                        number("%+.4f", both.b() - both.a()),
                        "",
                        "",
                        "")));
    table.print(console);
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : UNKNOWN;
  }

  private static String probability(double p) {
    return p < 0.0001 ? "<0.0001" : number("%.4f", p);
  }
}
