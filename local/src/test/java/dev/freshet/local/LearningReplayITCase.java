package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.client.model.UntrainedModel;
import dev.freshet.client.shopper.RecordedTraffic;
import dev.freshet.config.FreshetConfig;
import dev.freshet.model.ModelBundle;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Adversity;
import dev.freshet.replay.run.Replay;
import dev.freshet.replay.run.RoundLength;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replay that learns is as exact as one that doesn't, its models included. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class LearningReplayITCase {

  private static final int ACTIONS = 10_000;
  private static final int ROUND = 500;

  /** A replay's summary and its rounds, as they are on disk. */
  private record Outcome(ReplaySummary summary, String rounds, Path folder) {}

  @TempDir private static Path folder;
  private EmbeddedStack stack;
  private Recording recording;
  private Outcome reference;
  private int runs;

  @BeforeAll
  void startAndReplayOnce() throws Exception {
    TrustedSchemas.register();
    stack = EmbeddedStack.start(4, part -> {});
    RecordedTraffic traffic =
        RecordedTraffic.generate(
            11, ACTIONS, Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), 50);
    Path file = folder.resolve("actions.avro");
    traffic.writeActionsAvro(file);
    recording =
        new Recording(
            RecordedEvents.read(List.of(file), ReadOptions.defaults(), letter -> {}),
            traffic.items(),
            List.of());
    Files.write(folder.resolve("untrained.onnx"), UntrainedModel.onnx("untrained", "0"));
    reference = replay(Map.of(), Adversity.NONE);
  }

  @AfterAll
  void stop() {
    stack.close();
  }

  @Test
  void allRoundsEndAndModelsServe() throws Exception {
    assertThat(reference.summary.recommendations()).isEqualTo(ACTIONS);
    assertThat(reference.summary.learning().orElseThrow().rounds()).isEqualTo(ACTIONS / ROUND);
    assertThat(reference.summary.learning().orElseThrow().activated()).isGreaterThan(4);
    assertThat(reference.summary.late()).isZero();
    ModelBundle last = ModelBundle.of(Files.readAllBytes(reference.folder.resolve("model.onnx")));
    assertThat(last.version()).isEqualTo(reference.summary.modelVersion());
  }

  @Test
  void whichModelServesFollowsFromTheTimeOfTheList() throws Exception {
    NavigableMap<Instant, String> versions = new TreeMap<>();
    for (String line : reference.rounds.lines().toList()) {
      JsonNode round = new ObjectMapper().readTree(line);
      if (!round.get("version").isNull()) {
        versions.put(Instant.parse(round.get("end_time").asText()), round.get("version").asText());
      }
    }
    Map<String, Integer> served = new HashMap<>();
    try (DataFileReader<Recommendation> lists =
        new DataFileReader<>(
            reference.folder.resolve("recommendations.avro").toFile(),
            TrustedSchemas.reader(Recommendation.class))) {
      for (Recommendation list : lists) {
        Map.Entry<Instant, String> learned = versions.lowerEntry(list.getEventTime());
        if (learned == null) {
          assertThat(list.getModelVersion()).isEqualTo("0");
        } else {
          assertThat(list.getModelVersion()).isEqualTo(learned.getValue());
          served.merge(learned.getValue(), 1, Integer::sum);
        }
      }
    }
    assertThat(served).hasSizeGreaterThan(4);
  }

  @Test
  void theSameEventsTeachTheSameAtAnyParallelism() throws Exception {
    assertSame(replay(Map.of("job.parallelism", "4"), Adversity.NONE));
  }

  @Test
  void disorderWithinTheDelayAndRepetitionsTeachNothingElse() throws Exception {
    assertSame(
        replay(
            Map.of("watermark.max-delay", "5s", "job.parallelism", "2"),
            new Adversity(0.5, 2, false)));
  }

  @Test
  void aCrashInTheMiddleChangesNoModelAndNoList() throws Exception {
    assertSame(
        replay(
            Map.of("checkpoints.interval", "50ms", "job.parallelism", "2"),
            new Adversity(0, 1, true)));
  }

  private void assertSame(Outcome outcome) {
    assertThat(outcome.rounds).isEqualTo(reference.rounds);
    assertThat(outcome.summary.recommendationsSha256())
        .isEqualTo(reference.summary.recommendationsSha256());
    assertThat(outcome.summary.featuresSha256()).isEqualTo(reference.summary.featuresSha256());
    assertThat(outcome.summary.conflictingRecommendations()).isZero();
    assertThat(outcome.summary.late()).isZero();
    assertThat(outcome.folder.resolve("model.onnx"))
        .hasSameBinaryContentAs(reference.folder.resolve("model.onnx"));
  }

  private Outcome replay(Map<String, String> overrides, Adversity adversity) throws Exception {
    Path out = folder.resolve("out-" + ++runs);
    ReplaySummary summary =
        new Replay(
                config(overrides),
                new EmbeddedJobRunner(stack.flink()),
                out,
                Judging.next("home", 0.2),
                adversity,
                Optional.of(new RoundLength.Actions(ROUND)))
            .run(recording, Replay.Progress.SILENT);
    return new Outcome(summary, rounds(out), out);
  }

  private static String rounds(Path out) throws IOException {
    return Files.readString(out.resolve("rounds.jsonl"));
  }

  /** Topics and keys of its own for each run; many lists held out, so that many models serve. */
  private FreshetConfig config(Map<String, String> overrides) throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", stack.kafka());
    all.put("redis.address", stack.redis());
    all.put("redis.key-prefix", "run-" + runs);
    all.put("time.mode", "replay");
    all.put("learning.held-out", "0.5");
    all.put("model.file", folder.resolve("untrained.onnx").toString());
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      all.put("topics." + topic, "run-" + runs + "-" + topic);
    }
    all.putAll(overrides);
    FreshetConfig config = FreshetConfig.of(all);
    stack.createTopics(config);
    return config;
  }
}
