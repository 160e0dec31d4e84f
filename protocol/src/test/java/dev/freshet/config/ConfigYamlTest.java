package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigYamlTest {

  @Test
  void defaultsAreReadBack() {
    assertThat(readBack(FreshetConfig.defaults())).isEqualTo(FreshetConfig.defaults());
  }

  @Test
  void everyKindOfValueIsReadBack() {
    FreshetConfig config =
        FreshetConfig.parse(
            "freshet.yaml",
            """
            kafka:
              properties: {client.rack: "a \\"b\\" \\\\ c", sasl.jaas.config: "${SECRET}; é"}
            redis: {password: "${SECRET}"}
            watermark: {max-delay: 1h}
            ranking:
              placements:
                shelf: {actions: [], model: none, sources: {popular: 5}, require: {brand: [a, b]}}
            """,
            Map.of("SECRET", "${NOT_A_VARIABLE}"),
            Map.of("job.parallelism", "6"));
    FreshetConfig back = readBack(config);
    assertThat(back).isEqualTo(config);
    assertThat(back.redis().password().reveal()).isEqualTo("${NOT_A_VARIABLE}");
    assertThat(back.ranking().placements()).containsOnlyKeys("shelf");
  }

  /** Where no environment variable is known. */
  private static FreshetConfig readBack(FreshetConfig config) {
    return FreshetConfig.parse("arguments", config.toYaml(), Map.of(), Map.of());
  }
}
