package dev.freshet.cli;

import dev.freshet.client.feature.ConsistencyReport;
import dev.freshet.client.feature.FeatureCheck;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.replay.reader.Recording;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet features check}: online/offline consistency. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Recomputes all features from the events and compares them with the store: every value that"
            + " the job computes must be there, and be the same.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all values are equal", "1:some are not, or the check failed"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet features check                       the running demo, or Kafka of freshet.yaml",
      "  ./freshet features check events.csv --redis localhost:6379",
      "  ./freshet replay events.csv --check            replays and checks, with nothing running"
    })
final class FeaturesCheckCommand implements Callable<Integer> {

  private static final int INCONSISTENT = 1;

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Mixin private RecordingOptions recorded;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Recorded events that are all the job has read: csv, jsonl or avro, plain or gzipped"
              + " (.gz). Default: what is in the job's input topics.")
  private List<Path> files = List.of();

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      converter = AsOf.Converter.class,
      description =
          "Compares values as of this time, such as 2026-01-31T08:00:00Z. Default: last, the time"
              + " of the newest event.")
  private AsOf asOf = new AsOf(null);

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      defaultValue = "30s",
      description =
          "Without FILE: how long the store may take to catch up with the topics. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration wait;

  @Option(names = "--json", description = "Prints the result as JSON, and what is being done not.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    FreshetConfig config = connection.config();
    PrintWriter out = spec.commandLine().getOut();
    // Progress output must not get into the JSON.
    PrintWriter console = json ? spec.commandLine().getErr() : out;
    ConsistencyReport report;
    try (PartialBars bars = new PartialBars(new Console(console))) {
      OptionalLong time =
          asOf.isNewest() ? OptionalLong.empty() : OptionalLong.of(asOf.time().toEpochMilli());
      FeatureCheck check = new FeatureCheck(config, time, bars);
      if (files.isEmpty()) {
        KafkaTopics.check(config);
        report = check.ofTopics(wait);
      } else {
        Recording recording = recorded.read(files, console);
        report =
            check.ofRecording(recording.items(), recording.actions(), recording.actions().size());
      }
    } catch (FeatureStoreException e) {
      throw files.isEmpty() ? e : unreachable(e);
    }
    if (json) {
      out.print(report.toJson());
    } else {
      ConsistencyTable.print(report, out);
    }
    out.flush();
    return report.isConsistent() ? 0 : INCONSISTENT;
  }

  private CommandException unreachable(FeatureStoreException e) {
    return new CommandException(
        """
        %s.
        A file is checked against the store of a job that has read it. To replay and check it in one go, with the same options:
          ./freshet replay %s --check
        or keep a replay's store up, and check that from another terminal:
          ./freshet replay %s --hold\
        """
            .formatted(e.getMessage(), files.get(0), files.get(0)));
  }
}
