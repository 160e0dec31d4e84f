package dev.freshet.replay.run;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.example.ExamplesFile;
import dev.freshet.client.example.OrderedExamples;
import dev.freshet.client.example.TopicExamples;
import dev.freshet.client.feature.FeatureLines;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureStore;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.ranking.list.Placement;
import dev.freshet.replay.judge.AcceptedActions;
import dev.freshet.replay.judge.Canonical;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.RankingEvaluation;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.judge.ReplayEvaluation;
import dev.freshet.replay.judge.ReplayedRecommendations;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.RecordedRankings;
import dev.freshet.replay.report.ReplayReport;
import dev.freshet.replay.report.ReplayReporter;
import dev.freshet.replay.report.ReplayRounds;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.JobRunner.Outcome;
import dev.freshet.replay.run.JobRunner.ReplayJob;
import dev.freshet.replay.run.JobRunner.RunningJob;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.TrainingRound;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Plays recorded events through the same job that runs live, and gathers what came of it. First all
 * records go to Kafka, in order of event time; then the job reads them to their end.
 */
public final class Replay {

  /** Told how far the replay has come. */
  public interface Progress {

    /** Nobody is told. */
    Progress SILENT =
        new Progress() {
          @Override
          public void fed(long records, long total) {}

          @Override
          public void ranked(long lists, long total) {}
        };

    /** So many of the records have been sent to Kafka. */
    void fed(long records, long total);

    /** So many lists have come back, of those that the actions ask for. */
    void ranked(long lists, long total);

    /** So much of a part of the report is done. */
    default void reported(String part, String unit, long done, long total) {}
  }

  /** The events to be played. */
  public record Recording(
      RecordedEvents actions,
      List<ItemUpdate> items,
      List<DeadLetter> unreadable,
      RecordedRankings rankings) {

    /** Events without lists that another system showed. */
    public Recording(RecordedEvents actions, List<ItemUpdate> items, List<DeadLetter> unreadable) {
      this(actions, items, unreadable, RecordedRankings.NONE);
    }
  }

  private final FreshetConfig config;
  private final JobRunner runner;
  private final Path out;
  private final Judging judging;
  private final Adversity adversity;
  private final Optional<RoundLength> learning;
  private Optional<Rounds.EndingAt> rounds = Optional.empty();

  /**
   * @param config how the job runs, {@code time.mode: replay}; its topics exist and are empty
   * @param out folder for the results, made when it is not there
   * @param judging which lists are evaluated; where they are asked for, a request goes before each
   *     action
   */
  public Replay(FreshetConfig config, JobRunner runner, Path out, Judging judging) {
    this(config, runner, out, judging, Adversity.NONE, Optional.empty());
  }

  /**
   * A replay that is made hard, or learns.
   *
   * @param config if the job is to crash: with checkpoints, often
   * @param learning how long rounds are at the end of which a better model may begin to serve;
   *     empty: the models are fixed
   */
  public Replay(
      FreshetConfig config,
      JobRunner runner,
      Path out,
      Judging judging,
      Adversity adversity,
      Optional<RoundLength> learning) {
    this.config = config;
    this.runner = runner;
    this.out = out;
    this.judging = judging;
    this.adversity = adversity;
    this.learning = learning;
  }

  /**
   * Runs the replay and writes {@code recommendations.avro}, {@code features.jsonl}, {@code
   * judged.csv.gz}, {@code summary.json}, {@code report.html} and, when the configuration asks for
   * them, {@code examples.avro}; if it learns, {@code rounds.jsonl} and the last {@code model.onnx}
   * too.
   *
   * @throws ReplayFailedException if the job failed
   */
  public ReplaySummary run(Recording recording, Progress progress) throws Exception {
    long start = System.nanoTime();
    feed(recording, progress);
    long total = lists(recording);
    rounds = rounds(recording);
    RunningJob job = submit();
    if (adversity.crash()) {
      job = crashInTheMiddle(job, total, progress);
    }
    Outcome result = await(job, total, progress);
    return gather(recording, result, (System.nanoTime() - start) / 1e9, progress);
  }

  private Optional<Rounds.EndingAt> rounds(Recording recording) {
    EventRules rules = EventRules.of(config.events());
    Clock clock = Clock.systemUTC();
    return learning.flatMap(
        length -> length.rounds(recording.actions(), action -> rules.accept(action, clock)));
  }

  /** How many lists are asked for: by actions that the job refuses too. */
  private long lists(Recording recording) {
    List<Set<String>> placements =
        config.ranking().placements().values().stream()
            .map(placement -> Set.copyOf(placement.actions()))
            .toList();
    Map<String, Long> byAction = new HashMap<>();
    long lists = judging.asked() ? (long) recording.actions().size() * placements.size() : 0;
    for (UserAction action : recording.actions()) {
      lists +=
          byAction.computeIfAbsent(
              action.getAction(),
              kind ->
                  placements.stream()
                      .filter(
                          actions ->
                              actions.contains(Placement.EVERY_ACTION) || actions.contains(kind))
                      .count());
    }
    return lists + recording.rankings().size();
  }

  /** Sends everything to Kafka. */
  void feed(Recording recording, Progress progress) {
    FreshetConfig.Topics topics = config.topics();
    long total = recording.actions().size();
    try (AvroTopicWriter kafka = new AvroTopicWriter(KafkaConnection.of(config), 5)) {
      for (DeadLetter letter : recording.unreadable()) {
        kafka.send(topics.deadLetters(), null, -1, letter);
      }
      for (ItemUpdate item : recording.items()) {
        kafka.send(
            topics.itemUpdates(),
            item.getItem(),
            AvroTopicWriter.recordTime(item.getEventTime()),
            item);
      }
      RankingFeed rankings =
          new RankingFeed(kafka, topics, recording.rankings(), judging.placement());
      long all = total * adversity.copies();
      AtomicLong fed = new AtomicLong();
      adversity.arrange(
          recording.actions(),
          action -> action.getEventTime().toEpochMilli(),
          config.watermark().maxDelay().toMillis(),
          action -> {
            rankings.sendUntil(action.getEventTime());
            if (judging.asked()) {
              ask(kafka, action);
            }
            kafka.send(
                topics.userActions(),
                action.getUser(),
                AvroTopicWriter.recordTime(action.getEventTime()),
                action);
            progress.fed(fed.incrementAndGet(), all);
          });
      rankings.finish();
      kafka.flush();
    }
  }

  /** As a page does that is opened just before. */
  private void ask(AvroTopicWriter kafka, UserAction action) {
    Instant time = action.getEventTime().minusMillis(Judging.ASKED_BEFORE);
    for (String placement : config.ranking().placements().keySet()) {
      kafka.send(
          config.topics().recommendationRequests(),
          action.getUser(),
          AvroTopicWriter.recordTime(time),
          RecommendationRequest.newBuilder()
              .setRequestId(judging.requestId(placement, action.getEventId()))
              .setUser(action.getUser())
              .setPlacement(placement)
              .setEventTime(time)
              .build());
    }
  }

  /** Starts the job on what is in Kafka. */
  public RunningJob submit() throws Exception {
    return runner.start(new ReplayJob(config, rounds), Optional.empty());
  }

  /** Starts the job from a checkpoint. */
  RunningJob restore(String checkpoint) throws Exception {
    return runner.start(new ReplayJob(config, rounds), Optional.of(checkpoint));
  }

  /**
   * Kills the job and starts it from a checkpoint that was begun when a tenth was answered: one
   * that holds something.
   *
   * @throws IllegalStateException if the job has read everything before it could be killed
   */
  private RunningJob crashInTheMiddle(RunningJob job, long total, Progress progress)
      throws Exception {
    Optional<String> checkpoint = Optional.empty();
    try (AvroTopicReader<Recommendation> reader = recommendations()) {
      long begun = Long.MAX_VALUE;
      while (checkpoint.isEmpty()) {
        long answered = reader.size();
        progress.ranked(answered, total);
        if (job.await(Duration.ZERO).isPresent()) {
          throw new IllegalStateException(
              "The job ended before it could be killed: give it more actions, or a shorter"
                  + " checkpoints.interval.");
        }
        if (begun == Long.MAX_VALUE && answered >= total / 10) {
          begun = System.currentTimeMillis();
        }
        checkpoint = job.checkpointSince(begun);
      }
    }
    job.cancel();
    return restore(checkpoint.get());
  }

  /** Waits until the job has read everything. */
  Outcome await(RunningJob job, long total, Progress progress) throws InterruptedException {
    try (AvroTopicReader<Recommendation> reader = recommendations()) {
      while (true) {
        Optional<Outcome> result = job.await(Duration.ofMillis(100));
        progress.ranked(reader.size(), total);
        if (result.isPresent()) {
          result.get().failure().ifPresent(ReplayFailedException::raise);
          return result.get();
        }
      }
    }
  }

  /** Reads back what came of it, evaluates it and writes the files. */
  ReplaySummary gather(Recording recording, Outcome result, double seconds, Progress progress)
      throws Exception {
    Files.createDirectories(out);
    List<String> features = features();
    try (ReplayedRecommendations recommendations = new ReplayedRecommendations(out)) {
      collect(recommendations);
      Optional<ReplayRounds> learned = rounds.isEmpty() ? Optional.empty() : Optional.of(learned());
      ReplaySummary summary =
          summarize(recording, recommendations, features, learned, result, seconds, progress);
      RecommendationsFile.write(out.resolve("recommendations.avro"), recommendations);
      Files.write(out.resolve("features.jsonl"), features);
      Optional<ExampleSample> sample = Optional.empty();
      if (config.training().examples()) {
        sample =
            Optional.of(new ExampleSample(judging.placement(), summary.evaluation().countedFrom()));
        readExamples(sample.get());
      }
      summary.write(out.resolve("summary.json"));
      new ReplayReporter(config, judging, progress::reported, runner.flinkVersion())
          .write(
              out.resolve(ReplayReport.NAME),
              new ReplayReporter.Input(
                  recording.actions(), recording.items().size(), recording.unreadable().size()),
              summary,
              sample);
      return summary;
    }
  }

  private AvroTopicReader<Recommendation> recommendations() {
    return new AvroTopicReader<>(
        KafkaConnection.of(config), config.topics().recommendations(), Recommendation.class);
  }

  private void collect(ReplayedRecommendations recommendations) throws IOException {
    try (AvroTopicReader<Recommendation> reader = recommendations()) {
      reader.readToEnd(
          recommendation -> {
            try {
              recommendations.add(recommendation);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    recommendations.seal();
  }

  private List<String> features() {
    List<String> lines = new ArrayList<>();
    FeatureCatalog catalog = BundledCatalog.of(config);
    try (FeatureStore store = ConfiguredStore.of(config).open(catalog)) {
      store.scan(row -> lines.add(FeatureLines.jsonWithDigest(row, catalog.groups(row.entity()))));
    }
    lines.sort(null);
    return lines;
  }

  private ReplaySummary summarize(
      Recording recording,
      ReplayedRecommendations recommendations,
      List<String> features,
      Optional<ReplayRounds> learned,
      Outcome result,
      double seconds,
      Progress progress)
      throws Exception {
    EventRules rules = EventRules.of(config.events());
    Clock clock = Clock.systemUTC();
    ReplayEvaluation evaluation =
        ReplayEvaluation.of(
            new AcceptedActions(recording.actions(), action -> rules.accept(action, clock)),
            recommendations,
            judging,
            config.ranking().placements().keySet(),
            out.resolve(JudgedFile.NAME),
            (done, total) -> progress.reported("Judging", "actions", done, total));
    String modelVersion =
        learned
            .map(ReplayRounds::lastVersion)
            .filter(version -> !version.isEmpty())
            .orElseGet(
                () ->
                    recommendations.size() == 0
                        ? ""
                        : recommendations.iterator().next().getModelVersion());
    return new ReplaySummary(
        recording.actions().size(),
        recommendations.size(),
        recommendations.repeated(),
        recommendations.conflicting(),
        deadLetters(),
        result.duplicates(),
        result.late(),
        seconds,
        config.job().parallelism(),
        modelVersion,
        recommendations.sha256(),
        Canonical.sha256OfLines(features),
        judging,
        learned,
        rankings(recording, recommendations),
        evaluation);
  }

  private ReplayRounds learned() throws IOException {
    ReplayRounds learned = new ReplayRounds();
    try (AvroTopicReader<TrainingRound> reader =
        new AvroTopicReader<>(
            KafkaConnection.of(config), config.topics().trainingRounds(), TrainingRound.class)) {
      reader.readToEnd(learned::add);
    }
    learned.write(out.resolve("rounds.jsonl"));
    writeModel(learned.lastVersion());
    return learned;
  }

  private void writeModel(String version) throws IOException {
    try (AvroTopicReader<ModelRecord> reader =
        new AvroTopicReader<>(
            KafkaConnection.of(config), config.topics().models(), ModelRecord.class)) {
      reader.readToEnd(
          model -> {
            if (model.getContent() instanceof ModelRelease release
                && release.getVersion().equals(version)) {
              byte[] onnx = new byte[release.getOnnx().remaining()];
              release.getOnnx().duplicate().get(onnx);
              try {
                Files.write(out.resolve("model.onnx"), onnx);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          });
    }
  }

  private Optional<RankingMetrics> rankings(
      Recording recording, ReplayedRecommendations recommendations) {
    return recording.rankings().size() == 0
        ? Optional.empty()
        : Optional.of(
            RankingEvaluation.of(
                recording.rankings(), recommendations, judging.placement(), judging.warmup()));
  }

  private Map<String, Long> deadLetters() throws IOException {
    Map<String, Long> byReason = new TreeMap<>();
    try (AvroTopicReader<DeadLetter> reader =
        new AvroTopicReader<>(
            KafkaConnection.of(config), config.topics().deadLetters(), DeadLetter.class)) {
      reader.readToEnd(letter -> byReason.merge(letter.getReason(), 1L, Long::sum));
    }
    return byReason;
  }

  /** All of them are written too, in the order in which the users acted. */
  private void readExamples(ExampleSample sample) throws IOException {
    try (OrderedExamples examples = new OrderedExamples(out)) {
      TopicExamples.read(config, examples, (read, total) -> {});
      if (config.training().share() == 1) {
        ExamplesFile.write(out.resolve("examples.avro"), examples);
      }
      examples.forEach(sample::offer);
    }
  }

  /** The job of a replay failed. */
  public static final class ReplayFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private ReplayFailedException(Throwable cause) {
      super("The job failed, so the replay has no result.", cause);
    }

    private static void raise(Throwable cause) {
      throw new ReplayFailedException(cause);
    }
  }
}
