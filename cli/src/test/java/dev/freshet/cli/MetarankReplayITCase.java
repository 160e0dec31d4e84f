package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.file.DataFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Metarank's events through the whole command, on real Kafka, Redis and Flink. */
@Timeout(240)
class MetarankReplayITCase {
  private static final int RANKINGS = 600;
  private static final int SHOWN = 12;

  @TempDir private Path folder;

  /** The items of each ranking, in the order of the log. */
  private final Map<String, List<String>> shown = new HashMap<>();

  private int interactions;

  /** Shelves in random order, of which a few items are what people click. */
  private Path record() throws IOException {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    long time = 1_700_000_000_000L;
    for (int item = 0; item < 60; item++) {
      lines.add(
          "{\"event\":\"item\",\"id\":\"c%d\",\"timestamp\":\"%d\",\"item\":\"i%d\",\"fields\":[{\"name\":\"category\",\"value\":\"k%d\"}]}"
              .formatted(item, time, item, item % 5));
    }
    lines.add(
        "{\"event\":\"user\",\"id\":\"x\",\"timestamp\":\"%d\",\"user\":\"u1\"}".formatted(time));
    lines.add("nonsense");
    for (int ranking = 0; ranking < RANKINGS; ranking++) {
      time += 60_000;
      String user = "u" + random.nextInt(20);
      List<String> items = new ArrayList<>();
      for (int item = 0; item < 60; item++) {
        items.add("i" + item);
      }
      Collections.shuffle(items, random);
      items = items.subList(0, SHOWN);
      shown.put("r" + ranking, items);
      lines.add(
          "{\"event\":\"ranking\",\"id\":\"r%d\",\"timestamp\":\"%d\",\"user\":\"%s\",\"items\":[%s]}"
              .formatted(
                  ranking,
                  time,
                  user,
                  String.join(",", items.stream().map(i -> "{\"id\":\"" + i + "\"}").toList())));
      for (String item : items) {
        if (Integer.parseInt(item.substring(1)) < 6 && random.nextInt(3) > 0) {
          lines.add(
              "{\"event\":\"interaction\",\"id\":\"e%d\",\"timestamp\":\"%d\",\"user\":\"%s\",\"type\":\"click\",\"item\":\"%s\",\"ranking\":\"r%d\"}"
                  .formatted(interactions++, time + 1000 + interactions % 7, user, item, ranking));
        }
      }
    }
    return Files.write(folder.resolve("events.jsonl"), lines);
  }

  private String replay(Path file, String out, String... more) {
    StringWriter console = new StringWriter();
    CommandLine commandLine = Freshet.commandLine();
    commandLine.setOut(new PrintWriter(console, true));
    commandLine.setErr(new PrintWriter(console, true));
    List<String> arguments =
        new ArrayList<>(List.of("replay", file.toString(), "--format", "metarank"));
    arguments.addAll(List.of("--out", folder.resolve(out).toString()));
    arguments.addAll(Arrays.asList(more));
    assertThat(commandLine.execute(arguments.toArray(String[]::new))).as("%s", console).isZero();
    return console.toString();
  }

  private JsonNode summary(String out) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(out).resolve("summary.json").toFile());
  }

  @Test
  void recordedListsAreRankedAnewAndComparedWithWhatWasShown() throws IOException {
    TrustedSchemas.register();
    Path file = record();
    String console = replay(file, "one");

    assertThat(console)
        .contains(
            "60 items, 600 rankings, %,d interactions, 1 users (not used".formatted(interactions))
        .contains("600 recorded lists ranked anew");
    JsonNode summary = summary("one");
    assertThat(summary.get("dead_letters_by_reason").toString())
        .isEqualTo("{\"MALFORMED_LINE\":1}");
    assertThat(summary.get("actions").asInt()).isEqualTo(interactions);
    assertThat(summary.get("recommendations").asInt()).isEqualTo(RANKINGS + interactions);
    JsonNode rankings = summary.get("rankings");
    assertThat(rankings.get("rankings").asInt()).isEqualTo(RANKINGS);
    assertThat(rankings.get("evaluated").asInt()).isBetween(200, 480);
    assertThat(rankings.get("unanswered").asInt()).isZero();
    // The log's order is random; what is clicked again and again is soon on top.
    assertThat(rankings.at("/served/ndcg@10").asDouble())
        .isGreaterThan(rankings.at("/logged/ndcg@10").asDouble() + 0.2);
    assertThat(rankings.at("/served/map@10").asDouble())
        .isGreaterThan(rankings.at("/logged/map@10").asDouble() + 0.2);
    assertThat(rankings.at("/served/mrr").asDouble()).isGreaterThan(0.6);
    assertThat(everyListHasTheItemsThatWereShown()).isEqualTo(RANKINGS);

    replay(file, "two", "--parallelism", "2", "--max-delay", "10s", "--disorder", "0.3");
    assertThat(summary("two").get("recommendations_sha256"))
        .isEqualTo(summary.get("recommendations_sha256"));
    assertThat(summary("two").get("rankings")).isEqualTo(rankings);
  }

  private int everyListHasTheItemsThatWereShown() throws IOException {
    int lists = 0;
    try (DataFileReader<Recommendation> reader =
        new DataFileReader<>(
            folder.resolve("one/recommendations.avro").toFile(),
            TrustedSchemas.reader(Recommendation.class))) {
      for (Recommendation recommendation : reader) {
        List<String> items = shown.get(recommendation.getEventId());
        if (items != null) {
          lists++;
          assertThat(recommendation.getItems().stream().map(item -> item.getItem()).toList())
              .hasSize(SHOWN)
              .allMatch(Set.copyOf(items)::contains)
              .doesNotHaveDuplicates();
        }
      }
    }
    return lists;
  }
}
