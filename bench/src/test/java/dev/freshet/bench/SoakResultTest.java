package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakResultTest {

  @TempDir private Path folder;

  @Test
  void whatGrowsIsNamedAndNothingElse() {
    assertThat(Results.soak().growing())
        .extracting(SoakResult.SeriesTrend::series)
        .containsExactly(SoakResult.Series.REDIS);
  }

  @Test
  void jsonHasTheSamplesAndTheTrends() throws Exception {
    Results.soak().write(folder);

    JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("soak.json")));
    assertThat(json.path("samples")).hasSize(400);
    assertThat(json.at("/samples/1/heapMegabytes").isNull()).isTrue();
    assertThat(json.path("trends")).hasSize(SoakResult.Series.values().length);
    assertThat(json.at("/trends/0/series").asText()).isEqualTo("HEAP");
  }
}
