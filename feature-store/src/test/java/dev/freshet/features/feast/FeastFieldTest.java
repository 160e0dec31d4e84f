package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeastFieldTest {
  /** The first one is from Feast's SDK, the others, of each length modulo 4, from Python. */
  @ParameterizedTest
  @CsvSource({
    "driver_hourly_stats, conv_rate, 6160e3da",
    "u, a, 44ee70ba",
    "u, ab, e3354659",
    "u, abc, 5e106549",
    "u, abcd, 1ca92a9f",
    "u, é, 17afefe5",
    "ü, né, 7f440944",
    "view, 価格, 046f2c89",
    "v, \ud83d\udc51x, 0f544af8"
  })
  void theFieldOfAFeatureIsThatOfFeast(String view, String feature, String hex) {
    assertThat(HexFormat.of().formatHex(FeastField.feature(view, feature))).isEqualTo(hex);
  }

  @Test
  void theFieldsOfAViewAreNamed() {
    assertThat(FeastField.timestamp("é")).isEqualTo("_ts:é".getBytes(StandardCharsets.UTF_8));
    assertThat(FeastField.version("é")).isEqualTo("_freshet:é".getBytes(StandardCharsets.UTF_8));
  }
}
