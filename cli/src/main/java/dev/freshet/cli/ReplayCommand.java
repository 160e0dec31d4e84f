package dev.freshet.cli;

import dev.freshet.cli.EmbeddedParts.ReplayStack;
import dev.freshet.client.feature.ConsistencyReport;
import dev.freshet.client.feature.FeatureCheck;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplayReport;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Adversity;
import dev.freshet.replay.run.Replay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Plays recorded events through the same job that runs live, as fast as it goes: the same"
            + " events give the same recommendations and features, always.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, or --check found a difference"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet replay ratings.csv --map user=user_id,item=item_id,time=timestamp --time-unit s",
      "  ./freshet replay events.jsonl --items catalog.csv --parallelism 2 --out OUT",
      "  ./freshet replay events.jsonl --max-delay 1h --disorder 0.1 --copies 2 --crash",
      "  ./freshet replay ratings.csv --lists asked --exclude-seen     as for a page of new films",
      "  ./freshet replay ratings.csv --learn --exclude-seen --round 1000",
      "  ./freshet replay events.jsonl.gz --format metarank     and rank its lists anew",
      "  ./freshet replay events.csv --check     is the store what the events say?",
      "  ./freshet replay events.csv --flink HOST:8081 --kafka HOST:9092 --redis HOST:6379",
      "  ./freshet replay compare OUT BETTER     is the second replay better than the first?",
      "",
      "Writes to --out: report.html (open it in a browser), summary.json, judged.csv.gz (every"
          + " test),",
      "recommendations.avro and features.jsonl (the store's content)."
    },
    synopsisSubcommandLabel = "",
    subcommands = ReplayCompareCommand.class)
final class ReplayCommand implements Callable<Integer> {

  private static final int INCONSISTENT = 1;

  @Spec private CommandSpec spec;

  @Parameters(
      // Not 1: 'replay compare' has none. Without it, call() refuses none.
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Recorded events: csv, jsonl or avro, or with --format metarank Metarank's; plain or"
              + " gzipped (.gz).")
  private List<Path> files;

  @Mixin private RecordingOptions recorded;

  @Mixin private JudgingOptions judged;

  @Mixin private ReplayLearningOptions learning;

  @Mixin private AdversityOptions exactness;

  @Mixin private ReplayPlace place;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subtasks of each operator. Default: ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "replay-out",
      description = "Where the results go. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "ONNX model to rank with. Default: that of the configuration.")
  private Path model;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file, for features and ranking. Default: built in.")
  private Path configFile;

  @Option(
      names = "--check",
      description =
          "Afterwards recomputes all features from the file and compares them with the store:"
              + " prints a table and writes features-check.json.")
  private boolean check;

  @Option(
      names = "--hold",
      description = "Keeps Kafka, Redis and the dashboard up afterwards, until Ctrl-C.")
  private boolean hold;

  @Override
  public Integer call() throws Exception {
    if (files == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE...'");
    }
    if (parallelism < 1) {
      throw new CommandException("--parallelism " + parallelism + " is not 1 or more.");
    }
    judged.check(learning.learns());
    Adversity adversity = exactness.adversity();
    PrintWriter console = spec.commandLine().getOut();
    Console terminal = new Console(console);
    Recording recording = recorded.read(files, console);
    try (ReplayStack stack = place.start(parallelism, terminal)) {
      FreshetConfig config = config(stack, recording.actions().size());
      TopicCreation.create(
          KafkaConnection.of(config),
          TopicPlan.recording(config.topics().byKey(), TopicPlan.PARTITIONS));
      console.printf("Dashboard  %s%n", stack.dashboard());
      ReplaySummary summary;
      try (ReplayBars bars = new ReplayBars(terminal)) {
        summary =
            new Replay(
                    config,
                    stack.runner(),
                    out,
                    judged.judging(config),
                    adversity,
                    learning.rounds())
                .run(recording, bars);
      }
      print(console, config, summary);
      boolean consistent = !check || check(recording, config, terminal);
      if (hold) {
        console.printf("Kafka %s, Redis %s stay up until Ctrl-C.%n", stack.kafka(), stack.redis());
        console.flush();
        new CountDownLatch(1).await();
      }
      return consistent ? 0 : INCONSISTENT;
    }
  }

  private boolean check(Recording recording, FreshetConfig config, Console terminal)
      throws IOException {
    ConsistencyReport report;
    try (PartialBars bars = new PartialBars(terminal)) {
      report =
          new FeatureCheck(config, OptionalLong.empty(), bars)
              .ofRecording(recording.items(), recording.actions(), recording.actions().size());
    }
    PrintWriter console = spec.commandLine().getOut();
    console.println();
    ConsistencyTable.print(report, console);
    Path file = out.resolve("features-check.json");
    report.write(file);
    console.printf("Written to %s%n", file);
    console.flush();
    return report.isConsistent();
  }

  private FreshetConfig config(ReplayStack stack, int actions) {
    Map<String, String> overrides = new HashMap<>(place.overrides(stack));
    overrides.put("time.mode", "replay");
    overrides.put("job.parallelism", String.valueOf(parallelism));
    overrides.putAll(exactness.overrides());
    overrides.putAll(learning.overrides(actions));
    if (model != null) {
      overrides.put("model.file", model.toString());
    }
    overrides.putAll(judged.overrides(load(overrides)));
    return load(overrides);
  }

  private FreshetConfig load(Map<String, String> overrides) {
    return configFile == null
        ? FreshetConfig.of(overrides)
        : FreshetConfig.load(configFile, System.getenv(), overrides);
  }

  private void print(PrintWriter console, FreshetConfig config, ReplaySummary summary) {
    SummaryText.print(console, config, summary);
    if (place.givenKafka()) {
      console.printf("Topics %s and others stay in Kafka.%n", config.topics().recommendations());
    }
    if (place.givenRedis()) {
      console.printf("Features stay in Redis: --key-prefix %s%n", config.redis().keyPrefix());
    }
    console.printf("Written to %s; see %s%n", out, out.resolve(ReplayReport.NAME));
    console.flush();
  }
}
