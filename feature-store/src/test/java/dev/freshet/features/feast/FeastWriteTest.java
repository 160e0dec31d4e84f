package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeastWriteTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] KEY = {1};

  private final FeastWrite write = new FeastWrite("v", List.of("a", "b"), Optional.empty());

  /** The worked example of the documentation, whose bytes are read from there. */
  @Test
  void writesTheWorkedExampleAsDocumented() throws IOException {
    FeastWrite users =
        new FeastWrite(
            "user_features",
            List.of("action_count", "decayed_count", "last_item", "last_items"),
            Optional.empty());
    byte[] key = FeastKey.of("demo", Map.of("user_id", "u1")).toBytes();
    byte[][] parameters =
        users.parameters(
            key,
            1_700_000_000_123L,
            42,
            List.of(
                FeastValue.encode(7L),
                FeastValue.encode(2.5),
                FeastValue.encode(null),
                FeastValue.encode(List.of("i9", "", "café"))));

    String page = Files.readString(Path.of("..", "docs", "feast-layout.md"));
    String example = page.substring(page.indexOf("## Worked example"));
    assertThat(HEX.formatHex(parameters[0]))
        .isEqualTo(String.join("", cells("^\\| *\\d+ *\\| `([0-9a-f ]+)` *\\|", example)));
    List<String> fieldsAndValues = new ArrayList<>();
    for (byte[] parameter : Arrays.asList(parameters).subList(2, parameters.length)) {
      fieldsAndValues.add(HEX.formatHex(parameter));
    }
    assertThat(fieldsAndValues)
        .isEqualTo(cells("^\\| `([0-9a-f ]+)` *\\| (?:`([0-9a-f ]+)`|none) *\\|", example));
  }

  /** The groups of all matching lines, without spaces. */
  private static List<String> cells(String pattern, String text) {
    Matcher row = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
    List<String> cells = new ArrayList<>();
    while (row.find()) {
      for (int group = 1; group <= row.groupCount(); group++) {
        cells.add(row.group(group) == null ? "" : row.group(group).replace(" ", ""));
      }
    }
    return cells;
  }

  @Test
  void theParametersAreTheKeyTheTimeToLiveAndTheFields() {
    byte[][] parameters =
        new FeastWrite("v", List.of("a", "b"), Optional.of(Duration.ofSeconds(90)))
            .parameters(KEY, 1500, 3, List.of(new byte[] {5}, new byte[0]));

    assertThat(parameters)
        .isDeepEqualTo(
            new byte[][] {
              KEY,
              "90000".getBytes(StandardCharsets.US_ASCII),
              FeastField.version("v"),
              HEX.parseHex("80000000000005dc0000000000000003"),
              FeastField.timestamp("v"),
              FeastValue.encodeTimestamp(1500),
              FeastField.feature("v", "a"),
              {5},
              FeastField.feature("v", "b"),
              {}
            });
    assertThat(write.parameters(KEY, 0, 0, List.of(KEY, KEY))[1]).isEqualTo(new byte[] {'0'});
  }

  @Test
  void everyFeatureNeedsAValue() {
    assertThatThrownBy(() -> write.parameters(KEY, 0, 0, List.of(KEY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'v' has 2 features, but the write has 1 values");
  }

  @Test
  void versionsOutOfRangeAreErrors() {
    assertThatThrownBy(() -> write.parameters(KEY, 0, -1, List.of(KEY, KEY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative: -1");
    assertThatThrownBy(() -> write.parameters(KEY, Long.MAX_VALUE, 0, List.of(KEY, KEY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("years 1 to 9999");
  }

  @Test
  void featuresThatShareAFieldAreErrors() {
    assertThat(FeastField.feature("v", "f37660")).isEqualTo(FeastField.feature("v", "f43618"));
    assertThatThrownBy(() -> view("v", "f37660", "b", "f43618"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'f37660' and 'f43618'")
        .hasMessageContaining("rename one");
    assertThatThrownBy(() -> view("v", "a", "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature 'a' twice");
  }

  @Test
  void emptyNamesAreErrors() {
    assertThatThrownBy(() -> view("", "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature view is empty");
    assertThatThrownBy(() -> view("v", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'v' has no name");
  }

  private static FeastWrite view(String view, String... features) {
    return new FeastWrite(view, List.of(features), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "PT8760001H"})
  void aTimeToLiveOutOfRangeIsAnError(Duration timeToLive) {
    assertThatThrownBy(() -> new FeastWrite("v", List.of("a"), Optional.of(timeToLive)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(timeToLive.toString());
  }

  @Test
  void theReplyTellsWhetherItIsStored() {
    assertThat(FeastWrite.applied(1L)).isTrue();
    assertThat(FeastWrite.applied(0L)).isFalse();
    for (Object other : new Object[] {2L, "1", null}) {
      assertThatThrownBy(() -> FeastWrite.applied(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Not a reply");
    }
  }
}
