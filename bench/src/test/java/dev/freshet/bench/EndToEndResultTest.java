package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndToEndResultTest {

  @TempDir private Path folder;

  @Test
  void mediansAndRatiosAreThoseOfTheWindows() {
    EndToEndResult result = Results.endToEnd();

    EndToEndResult.Medians floor = result.medians().get(0);
    assertThat(floor.variant()).isEqualTo("floor");
    assertThat(floor.windows()).isEqualTo(3);
    assertThat(floor.p50()).isCloseTo(2, within(0.01));
    EndToEndResult.Medians full = result.medians().get(1);
    assertThat(full.p50()).isCloseTo(6, within(0.01));
    assertThat(full.sustained()).isEqualTo(2);
    assertThat(full.missing()).isEqualTo(5);
    assertThat(result.ratios()).hasSize(1);
    assertThat(result.ratios().get(0).p50()).isCloseTo(3, within(0.01));
  }

  @Test
  void aVariantThatWasLeftOutHasNoFiguresAndNoRatio() {
    EndToEndResult.Medians leftOut = Results.endToEnd().medians().get(3);

    assertThat(leftOut.rate()).isEqualTo(2_000);
    assertThat(leftOut.windows()).isZero();
    assertThat(leftOut.p50()).isNaN();
  }

  @Test
  void onlyWhatAJobKeptUpWithMustHaveBeenAnswered() {
    // The five that are missing were of a window that was too much.
    assertThat(Results.endToEnd().unanswered()).isZero();
  }

  @Test
  void jsonHasNoFigureWhereThereIsNone() throws Exception {
    Results.endToEnd().write(folder.resolve("deep/er"));

    JsonNode json =
        new ObjectMapper().readTree(Files.readString(folder.resolve("deep/er/bench.json")));
    assertThat(json.path("kind").asText()).isEqualTo("e2e");
    assertThat(json.path("medians")).hasSize(4);
    assertThat(json.at("/medians/3/p50").isNull()).isTrue();
    assertThat(json.at("/medians/0/p50").asDouble()).isCloseTo(2, within(0.01));
    assertThat(json.at("/windows/0/measured/latencyMillis/count").asLong()).isEqualTo(1_000);
    assertThat(json.at("/machine/processors").asInt()).isPositive();
  }

  @Test
  void everyTurnBeginsWithAnother() {
    assertThat(EndToEndBench.inTurn(List.of("a", "b", "c"), 0)).containsExactly("a", "b", "c");
    assertThat(EndToEndBench.inTurn(List.of("a", "b", "c"), 1)).containsExactly("b", "c", "a");
    assertThat(EndToEndBench.inTurn(List.of("a", "b", "c"), 5)).containsExactly("c", "a", "b");
  }
}
