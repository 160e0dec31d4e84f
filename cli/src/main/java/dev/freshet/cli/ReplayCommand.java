package dev.freshet.cli;

import dev.freshet.client.RunningStack;
import dev.freshet.client.feature.ConsistencyReport;
import dev.freshet.client.feature.FeatureCheck;
import dev.freshet.config.FreshetConfig;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.local.EmbeddedJobRunner;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.PlacementQuality;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.report.ReplayReport;
import dev.freshet.replay.report.ReplayRounds;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Adversity;
import dev.freshet.replay.run.Replay;
import dev.freshet.replay.run.RoundLength;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
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
      names = "--warmup",
      paramLabel = "FRACTION",
      defaultValue = "0.2",
      description = "Share of the actions that is not evaluated. Default: ${DEFAULT-VALUE}.")
  private double warmup;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "ONNX model to rank with. Default: that of the configuration.")
  private Path model;

  @Option(
      names = "--placement",
      paramLabel = "NAME",
      description = "Which lists are evaluated. Default: those of the first placement.")
  private String placement;

  @Option(
      names = "--lists",
      paramLabel = "next|asked",
      description =
          "Which list an action judges: 'next', the one that answered the user's action before it;"
              + " or 'asked', one that is asked for a millisecond before it, as by a page that is"
              + " opened then. Default: next; with --learn asked.")
  private Judging.Lists lists;

  @Option(
      names = "--exclude-seen",
      description =
          "Leaves what the user has seen out of the lists, and judges by items alone that are new"
              + " to their user.")
  private boolean excludeSeen;

  @Option(
      names = "--learn",
      negatable = true,
      description =
          "Lets the model learn: at the end of each round what it learned from serves, if it is not"
              + " shown to be worse, and what comes after waits for it. Also writes rounds.jsonl"
              + " and the last model.onnx. Default: one fixed model.")
  private boolean learn;

  @Option(
      names = "--round",
      paramLabel = "ACTIONS|DURATION",
      defaultValue = "1000",
      converter = RoundLengthConverter.class,
      description =
          "Length of a round: a number of actions or an event time, such as 1000 or 1h. Default:"
              + " ${DEFAULT-VALUE}.")
  private RoundLength round;

  @Option(
      names = "--examples",
      description = "Also writes examples.avro, for 'freshet models train'.")
  private boolean examples;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file, for features and ranking. Default: built in.")
  private Path configFile;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description =
          "Kafka to use instead of the embedded one; topics of the replay's own are made there.")
  private String kafka;

  @Mixin private KafkaPropertiesOption kafkaProperties;

  @Option(
      names = "--redis",
      paramLabel = "HOST:PORT",
      description = "Redis to use instead of the embedded one, with keys of the replay's own.")
  private String redis;

  @Option(
      names = "--max-delay",
      paramLabel = "DURATION",
      description =
          "watermark.max-delay, over that of the configuration: how late an action may come.")
  private String maxDelay;

  @Option(
      names = "--disorder",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "To try the exactness: sends this share of the actions late, each by up to --max-delay."
              + " Must change nothing.")
  private double disorder;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "To try the exactness: sends every action so many times. Must change nothing but the"
              + " duplicates.")
  private int copies;

  @Option(
      names = "--crash",
      description =
          "To try the exactness: kills the job in the middle and restores it from a checkpoint."
              + " Must change nothing.")
  private boolean crash;

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
    if (parallelism < 1 || parallelism > EmbeddedStack.PARTITIONS) {
      throw new CommandException(
          "--parallelism %d is not within 1 and %d, the topics' partitions."
              .formatted(parallelism, EmbeddedStack.PARTITIONS));
    }
    if (!(warmup >= 0 && warmup < 1)) {
      throw new CommandException("--warmup " + warmup + " is not a fraction from 0 to below 1.");
    }
    if (lists == null) {
      lists = learn ? Judging.Lists.ASKED : Judging.Lists.NEXT;
    }
    return replay();
  }

  private int replay() throws Exception {
    PrintWriter console = spec.commandLine().getOut();
    Console terminal = new Console(console);
    Adversity adversity = adversity();
    Replay.Recording recording = recorded.read(files, console);
    try (EmbeddedStack stack =
        EmbeddedStack.start(
            parallelism,
            Optional.ofNullable(kafka),
            Optional.ofNullable(redis),
            terminal::starting)) {
      terminal.started();
      FreshetConfig config = config(stack, recording.actions().size());
      stack.createTopics(config);
      if (kafka == null && redis == null) {
        stack.own(RunningStack.announce(stack.kafka(), stack.redis(), stack.flink().dashboard()));
      }
      console.printf("Dashboard  %s%n", stack.flink().dashboard());
      ReplaySummary summary;
      try (Bars bars = new Bars(terminal)) {
        summary =
            new Replay(
                    config,
                    new EmbeddedJobRunner(stack.flink()),
                    out,
                    new Judging(
                        PlacementName.choose(placement, config), warmup, lists, excludeSeen),
                    adversity,
                    Optional.of(round).filter(length -> learn))
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

  private Adversity adversity() {
    try {
      return new Adversity(disorder, copies, crash);
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage() + ".");
    }
  }

  private boolean check(Replay.Recording recording, FreshetConfig config, Console terminal)
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

  /** As many examples as the report looks at, or some more. */
  private static double shareForReport(int actions) {
    return Math.min(0.999, Math.max(1e-6, 2.0 * ExampleSample.MOST_LISTS / Math.max(1, actions)));
  }

  private FreshetConfig config(EmbeddedStack stack, int actions) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("kafka.bootstrap-servers", stack.kafka());
    overrides.put("redis.address", stack.redis());
    if (kafka != null) {
      kafkaProperties.addTo(overrides);
    }
    overrides.put("time.mode", "replay");
    overrides.put("job.parallelism", String.valueOf(parallelism));
    overrides.put("training.examples", String.valueOf(examples));
    if (maxDelay != null) {
      overrides.put("watermark.max-delay", maxDelay);
    }
    if (crash) {
      overrides.put("checkpoints.interval", "200ms");
    }
    if (learn) {
      overrides.put("training.examples", "true");
      overrides.put("training.negatives", String.valueOf(FreshetConfig.MOST_NEGATIVES));
    }
    if (learn && !examples) {
      overrides.put("training.share", String.valueOf(shareForReport(actions)));
    }
    if (model != null) {
      overrides.put("model.file", model.toString());
    }
    String own = "freshet-replay-" + Long.toString(System.currentTimeMillis(), 36);
    if (redis != null) {
      overrides.put("redis.key-prefix", own);
    }
    if (kafka != null) {
      for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
        overrides.put("topics." + topic, own + "-" + topic);
      }
    }
    overrides.putAll(placementOverrides(load(overrides)));
    return load(overrides);
  }

  private FreshetConfig load(Map<String, String> overrides) {
    return configFile == null
        ? FreshetConfig.of(overrides)
        : FreshetConfig.load(configFile, System.getenv(), overrides);
  }

  /** What the lists are changed by, to be judged as asked for, by the job itself too. */
  private Map<String, String> placementOverrides(FreshetConfig config) {
    Map<String, String> changes = new HashMap<>();
    if (excludeSeen) {
      changes.put("evaluation.exclude-seen", "true");
    }
    config
        .ranking()
        .placements()
        .forEach(
            (name, configured) -> {
              String key = "ranking.placements." + name;
              if (lists == Judging.Lists.ASKED) {
                changes.put(key + ".actions", "");
              }
              if (excludeSeen) {
                Set<String> excluded = new TreeSet<>(Set.of("seen"));
                configured
                    .exclude()
                    .forEach(
                        each ->
                            excluded.add(each.name().toLowerCase(Locale.ROOT).replace('_', '-')));
                changes.put(key + ".exclude", String.join(",", excluded));
              }
            });
    return changes;
  }

  private void print(PrintWriter console, FreshetConfig config, ReplaySummary summary) {
    console.printf(
        Locale.ROOT,
        "%,d actions, %,d recommendations, %,d dead letters, %,d duplicates, %,d late in %.1f s"
            + " (%,.0f actions/s)%n",
        summary.actions(),
        summary.recommendations(),
        summary.deadLetters(),
        summary.duplicates(),
        summary.late(),
        summary.seconds(),
        summary.actionsPerSecond());
    summary
        .deadLettersByReason()
        .forEach((reason, count) -> console.printf(Locale.ROOT, "  %,8d %s%n", count, reason));
    if (lists == Judging.Lists.ASKED || answersActions(config, summary.judging().placement())) {
      print(console, "after warm-up", summary.quality());
      print(console, "last fifth", summary.evaluation().lastFifth());
    }
    List<PlacementQuality> placements = summary.evaluation().placements();
    if (placements.size() > 1) {
      placements.forEach(each -> print(console, each.placement(), each.overall()));
    }
    summary.learning().ifPresent(learned -> print(console, learned));
    summary.rankings().ifPresent(metrics -> print(console, metrics));
    console.printf("recommendations sha256 %s%n", summary.recommendationsSha256());
    console.printf("features        sha256 %s%n", summary.featuresSha256());
    if (kafka != null) {
      console.printf("Topics %s and others stay in Kafka.%n", config.topics().recommendations());
    }
    if (redis != null) {
      console.printf("Features stay in Redis: --key-prefix %s%n", config.redis().keyPrefix());
    }
    console.printf("Written to %s; see %s%n", out, out.resolve(ReplayReport.NAME));
    console.flush();
  }

  private static void print(PrintWriter console, ReplayRounds learned) {
    console.printf(
        Locale.ROOT,
        "%,d rounds, %,d models served, %,d were worse; learned from %,d lists%n",
        learned.rounds(),
        learned.activated(),
        learned.refused(),
        learned.lists());
  }

  private static void print(PrintWriter console, String label, Quality metrics) {
    console.printf(
        Locale.ROOT,
        "%-14s hit rate@10 %.4f  @20 %.4f  MRR@10 %.4f  NDCG@10 %.4f  (%,d evaluated)%n",
        label,
        metrics.value(RankMetric.HIT_RATE_10),
        metrics.value(RankMetric.HIT_RATE_20),
        metrics.value(RankMetric.MRR_10),
        metrics.value(RankMetric.NDCG_10),
        metrics.tests());
  }

  /** Otherwise there are no lists that an action could judge. */
  private static boolean answersActions(FreshetConfig config, String placement) {
    return !config.ranking().placements().get(placement).actions().isEmpty();
  }

  private static void print(PrintWriter console, RankingMetrics metrics) {
    console.printf(
        Locale.ROOT,
        "rankings       %,d recorded lists ranked anew, %,d of them after warm-up with a click%n",
        metrics.rankings(),
        metrics.evaluated());
    print(console, "  served", metrics.served());
    print(console, "  as logged", metrics.logged());
  }

  private static void print(PrintWriter console, String label, RankingMetrics.Order metrics) {
    console.printf(
        Locale.ROOT,
        "%-14s NDCG@10 %.4f  MAP@10 %.4f  MRR %.4f%n",
        label,
        metrics.ndcgAt10(),
        metrics.mapAt10(),
        metrics.mrr());
  }

  /** One bar after the other: sending, then ranking. */
  private static final class Bars implements Replay.Progress, AutoCloseable {

    private final Console console;
    private ProgressBar bar;
    private boolean ranking;
    private final PartialBars report;

    Bars(Console console) {
      this.console = console;
      report = new PartialBars(console);
    }

    @Override
    public void fed(long records, long total) {
      if (bar == null) {
        bar = console.progress("Sending", "actions", total);
      }
      bar.update(records);
    }

    @Override
    public void ranked(long lists, long total) {
      if (!ranking) {
        close();
        ranking = true;
        bar = console.progress("Ranking", "lists", total);
      }
      bar.update(lists);
    }

    @Override
    public void reported(String part, String unit, long done, long total) {
      if (bar != null) {
        bar.close();
        bar = null;
      }
      report.update(part, unit, done, total);
      if (done == total) {
        report.close();
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
      report.close();
    }
  }
}
