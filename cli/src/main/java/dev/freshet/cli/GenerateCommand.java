package dev.freshet.cli;

import dev.freshet.client.shopper.RecordedTraffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description =
        "Writes what simulated shoppers do to files: actions.csv, actions.avro and items.csv. The"
            + " same options write the same files.",
    footerHeading = "%nExample:%n",
    footer = {
      "  ./freshet generate --actions 20000 --rate 0.02 --out recorded",
      "  ./freshet replay recorded/actions.csv --items recorded/items.csv"
    })
final class GenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--actions",
      paramLabel = "N",
      defaultValue = "20000",
      description = "How many actions. Default: ${DEFAULT-VALUE}.")
  private int actions;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Actions per second of event time. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      defaultValue = "2026-01-01T00:00:00Z",
      description = "Event time of the beginning. Default: ${DEFAULT-VALUE}.")
  private Instant start;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the shoppers. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write")
  private Path out;

  @Override
  public Integer call() throws Exception {
    if (actions < 1 || !(rate > 0)) {
      throw new CommandException("--actions and --rate must be above 0.");
    }
    Files.createDirectories(out);
    RecordedTraffic traffic = RecordedTraffic.generate(seed, actions, start.toEpochMilli(), rate);
    traffic.writeActionsCsv(out.resolve("actions.csv"));
    traffic.writeActionsAvro(out.resolve("actions.avro"));
    traffic.writeItemsCsv(out.resolve("items.csv"));
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%,d actions and %,d items in %s%n",
            traffic.actions().size(),
            traffic.items().size(),
            out);
    return 0;
  }
}
