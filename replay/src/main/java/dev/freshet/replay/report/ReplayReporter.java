package dev.freshet.replay.report;

import ai.onnxruntime.OrtEnvironment;
import dev.freshet.client.FreshetHome;
import dev.freshet.client.model.ModelTopic;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.protocol.model.RankingModel;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.replay.judge.Calibration;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.judge.ExampleStudy;
import dev.freshet.replay.judge.FeatureImportance;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.Served;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.AppInfoParser;

/** Gathers what a replay's report shows: settings, versions, and what the examples are good for. */
public final class ReplayReporter {

  /** Follows the work on the report. */
  @FunctionalInterface
  public interface Progress {

    /** Reports how much of a part of the report is done. */
    void reported(String part, String unit, long done, long total);
  }

  /**
   * The events that were replayed.
   *
   * @param itemUpdates how many item updates came with the actions
   * @param unreadable how many records could not be read
   */
  public record Input(RecordedEvents actions, int itemUpdates, int unreadable) {}

  private final FreshetConfig config;
  private final Judging judging;
  private final Progress progress;
  private final String flinkVersion;
  private final FeatureCatalog catalog;
  private final ModelBundle configured;

  public ReplayReporter(
      FreshetConfig config, Judging judging, Progress progress, String flinkVersion) {
    this.flinkVersion = flinkVersion;
    this.config = config;
    this.judging = judging;
    this.progress = progress;
    catalog = BundledCatalog.of(config);
    configured = RankingModel.load(config, StoreFeatures.of(catalog));
  }

  /**
   * Writes the report.
   *
   * @param sample empty if the replay has no examples
   */
  public void write(Path file, Input input, ReplaySummary summary, Optional<ExampleSample> sample)
      throws IOException {
    Optional<ExampleStudy> study = sample.map(examples -> study(examples, summary));
    new ReplayReport(facts(input, summary), summary, study).write(file);
  }

  private ExampleStudy study(ExampleSample sample, ReplaySummary summary) {
    List<TrainingExample> examples = sample.examples();
    Optional<FeatureImportance> importance = Optional.empty();
    String without = "";
    Optional<Served> last = summary.evaluation().placement(judging.placement()).last();
    if (last.isPresent() && last.get().model().equals(Placement.NO_MODEL)) {
      return new ExampleStudy(
          sample.lists(),
          sample.answered(),
          examples.size(),
          Optional.empty(),
          Optional.empty(),
          "No model ranks placement " + judging.placement() + ": it has no features that count.");
    }
    if (last.isPresent() && !examples.isEmpty()) {
      try {
        Optional<ModelBundle> model = model(last.get());
        if (model.isPresent()) {
          importance = Optional.of(importance(model.get(), examples));
        } else {
          without =
              "The model that made the last list, %s %s, is neither the configured one nor on the topic %s: there is nothing to score with."
                  .formatted(last.get().model(), last.get().version(), config.topics().models());
        }
      } catch (ModelRejectedException | IllegalArgumentException e) {
        without = "The lists can't be scored again: " + e.getMessage() + ".";
      }
    }
    return new ExampleStudy(
        sample.lists(),
        sample.answered(),
        examples.size(),
        examples.isEmpty() ? Optional.empty() : Optional.of(Calibration.of(examples)),
        importance,
        without);
  }

  private FeatureImportance importance(ModelBundle model, List<TrainingExample> examples) {
    return FeatureImportance.of(
        model, examples, done -> progress.reported("Importance", "lists", done, examples.size()));
  }

  private Optional<ModelBundle> model(Served served) throws ModelRejectedException {
    if (configured.name().equals(served.model()) && configured.version().equals(served.version())) {
      return Optional.of(configured);
    }
    Optional<byte[]> published = new ModelTopic(config).onnx(served.model(), served.version());
    return published.isPresent() ? Optional.of(ModelBundle.of(published.get())) : Optional.empty();
  }

  private Map<String, Map<String, String>> facts(Input input, ReplaySummary summary) {
    Map<String, Map<String, String>> facts = new LinkedHashMap<>();
    facts.put("Input", input(input));
    facts.put("Settings", settings());
    facts.put("Digests", digests(summary));
    facts.put("Machine and versions", versions(summary));
    return facts;
  }

  private static Map<String, String> input(Input input) {
    Map<String, String> values = new LinkedHashMap<>();
    int number = 1;
    for (String note : input.actions().notes()) {
      values.put("file " + number++, note);
    }
    values.put("item updates", String.format(Locale.ROOT, "%,d", input.itemUpdates()));
    values.put("unreadable records", String.format(Locale.ROOT, "%,d", input.unreadable()));
    return values;
  }

  private Map<String, String> settings() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("lists", judging.lists().name().toLowerCase(Locale.ROOT));
    values.put("exclude seen", judging.excludeSeen() ? "yes" : "no");
    values.put("warm-up", judging.warmup() + " of the actions");
    config
        .ranking()
        .placements()
        .forEach(
            (name, placement) ->
                values.put(
                    "placement " + name,
                    "model %s; list of %d of at most %d candidates; sources %s; exclude %s"
                        .formatted(
                            placement.model(),
                            placement.listSize(),
                            placement.maxCandidates(),
                            placement.sources(),
                            placement.exclude())));
    values.put("model to start with", configured.name() + " " + configured.version());
    values.put("feature catalog", catalog.source());
    values.put("watermark.max-delay", config.watermark().maxDelay().toMillis() + " ms");
    values.put("training.negatives", String.valueOf(config.training().negatives()));
    return values;
  }

  private Map<String, String> digests(ReplaySummary summary) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("recommendations", summary.recommendationsSha256());
    values.put("features", summary.featuresSha256());
    values.put("model to start with", configured.sha256());
    values.put("feature catalog", catalog.hash());
    return values;
  }

  private Map<String, String> versions(ReplaySummary summary) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("Freshet", FreshetHome.VERSION);
    values.put("Java", Runtime.version().toString());
    values.put("Flink", flinkVersion);
    values.put("Kafka client", AppInfoParser.getVersion());
    values.put("ONNX Runtime", OrtEnvironment.getEnvironment().getVersion());
    values.put(
        "machine",
        "%s %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
    values.put("parallelism", String.valueOf(summary.parallelism()));
    values.put(
        "time",
        String.format(
            Locale.ROOT,
            "%.1f s, %,.0f actions/s with sending them to Kafka",
            summary.seconds(),
            summary.actionsPerSecond()));
    return values;
  }
}
