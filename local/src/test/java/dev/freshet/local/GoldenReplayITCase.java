package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.ColumnMapping;
import dev.freshet.replay.reader.ItemsFile;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Replay;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recorded file and what is recommended for it, both kept with the project: an answer that
 * changes is either intended or a fault. The folder's README says how the files are made.
 *
 * <p>Items must be the same ones in the same order. Scores may differ by {@link #TOLERANCE}, as
 * other processors may round otherwise within the model.
 */
@Timeout(120)
class GoldenReplayITCase {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path EXPECTED = GOLDEN.resolve("recommendations.csv.gz");
  private static final float TOLERANCE = 1e-4f;

  /** Set to true to write what is expected anew. */
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  @TempDir private Path folder;

  @Test
  void theRecordedShopGetsTheListsThatItAlwaysGot() throws Exception {
    TrustedSchemas.register();
    Recording recording = recording();
    List<String> actual;
    try (EmbeddedStack stack = EmbeddedStack.start(2, part -> {})) {
      FreshetConfig config =
          FreshetConfig.load(
              GOLDEN.resolve("freshet.yaml"),
              Map.of(),
              Map.of("kafka.bootstrap-servers", stack.kafka(), "redis.address", stack.redis()));
      stack.createTopics(config);
      ask(config, recording);
      ReplaySummary summary =
          new Replay(
                  config, new EmbeddedJobRunner(stack.flink()), folder, Judging.next("home", 0.2))
              .run(recording, Replay.Progress.SILENT);
      assertThat(summary.deadLetters()).isZero();
      assertThat(summary.late()).isZero();
      actual = lines(folder.resolve("recommendations.avro"));
    }
    if (UPDATE) {
      write(actual);
    }
    compare(actual, read());
  }

  private static Recording recording() throws IOException {
    RecordedEvents actions =
        RecordedEvents.read(
            List.of(GOLDEN.resolve("actions.csv.gz")), ReadOptions.defaults(), letter -> {});
    List<ItemUpdate> items = new ArrayList<>();
    ItemsFile.read(
        GOLDEN.resolve("items.csv.gz"),
        Optional.empty(),
        ColumnMapping.usual(),
        Optional.empty(),
        actions.iterator().next().getEventTime().minusMillis(1),
        items::add,
        letter -> {});
    return new Recording(actions, items, List.of());
  }

  /** Every hundredth action a shelf is to be ranked too: some known items, and one unknown item. */
  private static void ask(FreshetConfig config, Recording recording) {
    try (AvroTopicWriter kafka = new AvroTopicWriter(KafkaConnection.of(config), 5)) {
      List<String> seen = new ArrayList<>();
      int number = 0;
      for (UserAction action : recording.actions()) {
        if (action.getItem() != null) {
          seen.add(action.getItem());
        }
        if (++number % 100 == 0) {
          List<String> shelf = new ArrayList<>(seen.subList(seen.size() - 8, seen.size()));
          shelf.add(4, "nobody's");
          Instant time = action.getEventTime().plusMillis(1);
          RecommendationRequest request =
              new RecommendationRequest(
                  "r" + number, action.getUser(), "shelf", time, shelf, Map.of());
          kafka.send(
              config.topics().recommendationRequests(),
              request.getUser(),
              time.toEpochMilli(),
              request);
        }
      }
      kafka.flush();
    }
  }

  private static List<String> lines(Path recommendations) throws IOException {
    List<Recommendation> all = new ArrayList<>();
    try (DataFileReader<Recommendation> reader =
        new DataFileReader<>(
            recommendations.toFile(), TrustedSchemas.reader(Recommendation.class))) {
      reader.forEach(all::add);
    }
    all.sort(
        Comparator.comparing(Recommendation::getEventTime)
            .thenComparing(Recommendation::getEventId)
            .thenComparing(Recommendation::getPlacement));
    List<String> lines = new ArrayList<>();
    for (Recommendation each : all) {
      for (RankedItem item : each.getItems()) {
        lines.add(
            String.join(
                ",",
                each.getEventId(),
                each.getUser(),
                each.getPlacement(),
                item.getItem(),
                item.getSource(),
                String.valueOf(item.getScore())));
      }
    }
    return lines;
  }

  private static void compare(List<String> actual, List<String> expected) {
    assertThat(expected).hasSizeGreaterThan(10_000);
    for (int line = 0; line < Math.min(actual.size(), expected.size()); line++) {
      int score = expected.get(line).lastIndexOf(',') + 1;
      String where = "line " + (line + 1) + " of " + EXPECTED;
      assertThat(actual.get(line)).as(where).startsWith(expected.get(line).substring(0, score));
      assertThat(Float.parseFloat(actual.get(line).substring(score)))
          .as(where)
          .isCloseTo(Float.parseFloat(expected.get(line).substring(score)), within(TOLERANCE));
    }
    assertThat(actual).hasSameSizeAs(expected);
  }

  private static List<String> read() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(EXPECTED)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static void write(List<String> lines) throws IOException {
    try (BufferedWriter writer =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(EXPECTED)), StandardCharsets.UTF_8))) {
      for (String line : lines) {
        writer.write(line);
        writer.newLine();
      }
    }
  }
}
