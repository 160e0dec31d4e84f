package dev.freshet.replay.run;

import dev.freshet.client.AvroTopicReader;
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
import dev.freshet.replay.judge.AcceptedActions;
import dev.freshet.replay.judge.Canonical;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.RankingEvaluation;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.judge.RecommendationsFile;
import dev.freshet.replay.judge.ReplayEvaluation;
import dev.freshet.replay.judge.ReplayedRecommendations;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplayReport;
import dev.freshet.replay.report.ReplayReporter;
import dev.freshet.replay.report.ReplayRounds;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.JobRunner.Outcome;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingRound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads back what a replay's job wrote, evaluates it, and writes the files. */
final class ReplayResults {

  private final FreshetConfig config;
  private final Judging judging;
  private final Path out;
  private final String flinkVersion;
  private final Replay.Progress progress;

  /**
   * @param out folder for the files, created if it is missing
   */
  ReplayResults(
      FreshetConfig config,
      Judging judging,
      Path out,
      String flinkVersion,
      Replay.Progress progress) {
    this.config = config;
    this.judging = judging;
    this.out = out;
    this.flinkVersion = flinkVersion;
    this.progress = progress;
  }

  /**
   * Writes the files.
   *
   * @param learned whether the job learned in rounds
   * @param seconds from the first record sent to the job's end
   */
  ReplaySummary gather(Recording recording, Outcome result, double seconds, boolean learned)
      throws Exception {
    Files.createDirectories(out);
    List<String> features = features();
    try (ReplayedRecommendations recommendations = new ReplayedRecommendations(out)) {
      collect(recommendations);
      Optional<ReplayRounds> rounds = learned ? Optional.of(rounds()) : Optional.empty();
      ReplaySummary summary =
          summarize(recording, recommendations, features, rounds, result, seconds);
      RecommendationsFile.write(out.resolve("recommendations.avro"), recommendations);
      Files.write(out.resolve("features.jsonl"), features);
      Optional<ExampleSample> sample = Optional.empty();
      if (config.training().examples()) {
        sample =
            Optional.of(new ExampleSample(judging.placement(), summary.evaluation().countedFrom()));
        readExamples(sample.get());
      }
      summary.write(out.resolve("summary.json"));
      new ReplayReporter(config, judging, progress::reported, flinkVersion)
          .write(
              out.resolve(ReplayReport.NAME),
              new ReplayReporter.Input(
                  recording.actions(), recording.items().size(), recording.unreadable().size()),
              summary,
              sample);
      return summary;
    }
  }

  private void collect(ReplayedRecommendations recommendations) throws IOException {
    try (AvroTopicReader<Recommendation> reader =
        new AvroTopicReader<>(
            KafkaConnection.of(config), config.topics().recommendations(), Recommendation.class)) {
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
      double seconds)
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

  private ReplayRounds rounds() throws IOException {
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
}
