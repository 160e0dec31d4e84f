package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmarks as a user runs them, with tiny numbers. */
class BenchITCase {

  private static final List<String> TINY =
      List.of("--items", "500", "--users", "200", "--history", "1000");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private void bench(String... arguments) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments));
    all.addAll(TINY);
    all.addAll(List.of("--out", folder.toString()));
    CommandLine freshet = Freshet.commandLine();
    freshet.setOut(new PrintWriter(out));
    freshet.setErr(new PrintWriter(err));
    assertThat(freshet.execute(all.toArray(String[]::new)))
        .withFailMessage(() -> out + "\n" + err)
        .isZero();
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(folder.resolve(file)));
  }

  @Test
  void everyJobAnswersEveryActionAtASteadyRate() throws Exception {
    bench(
        "e2e",
        "--rates",
        "100",
        "--seconds",
        "2",
        "--repeats",
        "1",
        "--warm-up",
        "2s",
        "--candidates",
        "50",
        "--max-delay",
        "5ms",
        "--also",
        "serial=-XX:+UseSerialGC -Xmx1g");

    JsonNode json = json("bench.json");
    String[] jobs = {"floor", "full 5ms", "full 5ms serial"};
    assertThat(json.path("variants").findValuesAsText("name")).containsExactly(jobs);
    assertThat(json.path("variants").findValuesAsText("modelFeatures"))
        .containsExactly("0", "25", "25");
    assertThat(json.path("windows").findValuesAsText("variant")).containsExactly(jobs);
    for (JsonNode window : json.path("windows")) {
      JsonNode measured = window.path("measured");
      assertThat(measured.path("actions").asInt()).isEqualTo(400); // half of them to settle
      assertThat(measured.path("missing").asInt()).isZero();
      assertThat(measured.path("repeated").asInt()).isZero();
      assertThat(measured.at("/latencyMillis/count").asInt()).isEqualTo(200);
      assertThat(measured.at("/latencyMillis/p50").asDouble()).isPositive();
      assertThat(measured.at("/cpu/flink").asDouble()).isPositive();
      assertThat(measured.at("/cpu/broker").asDouble()).isPositive();
      assertThat(measured.at("/generatorLagMillis/count").asInt()).isEqualTo(200);
      boolean floor = window.path("variant").asText().equals("floor");
      assertThat(measured.at("/watermarkLagMillis/count").asInt()).matches(n -> floor == (n == 0));
      if (!floor) {
        // Lists and candidates are counted one after the other while the job goes on.
        assertThat(measured.path("candidates").asDouble()).isCloseTo(50, within(5.0));
        assertThat(measured.path("lists").asInt()).isPositive();
      }
    }
    assertThat(json.path("ratios")).hasSize(2);
    assertThat(Files.readString(folder.resolve("bench.html"))).contains("<svg", "99.9");
    assertThat(out.toString()).contains("full 5ms", "kept up", "times the floor's p50");
  }

  @Test
  void aBacklogIsWorkedOff() throws Exception {
    bench(
        "throughput",
        "--candidates",
        "50",
        "--max-delay",
        "5ms",
        "--backlog",
        "500",
        "--warm-ups",
        "1",
        "--drains",
        "1");

    JsonNode point = json("throughput.json").at("/points/0");
    assertThat(point.at("/point/candidates").asInt()).isEqualTo(50);
    assertThat(point.path("drains")).hasSize(2);
    for (JsonNode drain : point.path("drains")) {
      assertThat(drain.path("lists").asInt()).isEqualTo(500);
      assertThat(drain.path("missing").asInt()).isZero();
      assertThat(drain.path("repeated").asInt()).isZero();
      assertThat(drain.path("candidates").asDouble()).isEqualTo(50);
      assertThat(drain.path("stateBytes").asLong()).isPositive();
    }
    assertThat(point.path("listsPerSecond").asDouble()).isPositive();
    assertThat(folder.resolve("throughput.html")).isNotEmptyFile();
  }
}
