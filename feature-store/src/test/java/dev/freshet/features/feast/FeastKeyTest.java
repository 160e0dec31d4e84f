package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeastKeyTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String USER =
      "010000000200000007000000757365725f69640200000002000000753164656d6f";

  /** Keys that Feast's own SDK made. */
  @Test
  void theKeysAreThoseOfFeast() {
    assertThat(hex(FeastKey.of("demo", Map.of("driver_id", 1001L))))
        .isEqualTo(
            "0100000002000000090000006472697665725f69640400000008000000e90300000000000064656d6f");
    assertThat(hex(FeastKey.of("demo", Map.of("user_id", "u1")))).isEqualTo(USER);
    assertThat(hex(FeastKey.of("demo", Map.of("user_id", "u1", "item_id", 7L))))
        .isEqualTo(
            "0200000002000000070000006974656d5f69640200000007000000757365725f6964"
                + "040000000800000007000000000000000200000002000000753164656d6f");
  }

  /**
   * Each type; and names in the order of code points, in which the crown comes last and in Java's
   * own it wouldn't. The bytes are from a Python program.
   */
  @Test
  void everyTypeHasItsFormAndNamesHavePythonsOrder() {
    Map<String, Object> joinKeys = new LinkedHashMap<>();
    joinKeys.put("b\ud83d\udc51", -5);
    joinKeys.put("b\uffee", "x");
    joinKeys.put("a", Instant.ofEpochSecond(-1));
    joinKeys.put("0", new byte[] {0, (byte) 0xff});

    FeastKey key = FeastKey.of("p", joinKeys);

    assertThat(hex(key))
        .isEqualTo(
            "04000000020000000100000030020000000100000061020000000400000062efbfae02000000"
                + "0500000062f09f9191010000000200000000ff0800000008000000ffffffffffffffff02"
                + "00000001000000780300000004000000fbffffff70");
    assertThat(key.joinKeys().keySet()).containsExactly("0", "a", "b\uffee", "b\ud83d\udc51");
    assertThat(FeastKey.parse(key.toBytes())).isEqualTo(key);
  }

  @Test
  void aKeyIsReadBack() {
    FeastKey key = FeastKey.parse(HEX.parseHex(USER));
    assertThat(key.project()).isEqualTo("demo");
    assertThat(key.joinKeys()).isEqualTo(Map.of("user_id", "u1"));
    assertThat(key).isEqualTo(FeastKey.of("demo", Map.of("user_id", "u1")));
    assertThat(key).hasSameHashCodeAs(FeastKey.of("demo", Map.of("user_id", "u1")));
    assertThat(key).isNotEqualTo(FeastKey.of("demo", Map.of("user_id", "u2")));
    assertThat(key).hasToString("demo{user_id=u1}");
    assertThat(FeastKey.of("p", Map.of("a", 1, "b", new byte[] {1, 2})))
        .hasToString("p{a=1, b=0102}");
  }

  @Test
  void theTypeIsPartOfTheKey() {
    assertThat(List.of("7", 7, 7L, new byte[] {'7'}, Instant.ofEpochSecond(7)))
        .extracting(value -> hex(FeastKey.of("p", Map.of("k", value))))
        .doesNotHaveDuplicates();
  }

  @Test
  void noBytesOfAKeyCanBeChangedFromOutside() {
    byte[] value = {1};
    FeastKey key = FeastKey.of("p", Map.of("k", value));
    String before = hex(key);
    value[0] = 2;
    ((byte[]) key.joinKeys().get("k"))[0] = 3;
    key.toBytes()[0] = 4;
    assertThat(hex(key)).isEqualTo(before);
    assertThat(key.joinKeys().get("k")).isEqualTo(new byte[] {1});
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "a\udc51"})
  void whatIsNotUnicodeIsAnError(String invalid) {
    assertThatThrownBy(() -> FeastKey.of("p", Map.of("k", invalid)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("join key k");
    assertThatThrownBy(() -> FeastKey.of(invalid, Map.of("k", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("project");
    assertThatThrownBy(() -> FeastKey.of("p", Map.of(invalid, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not valid Unicode");
  }

  @Test
  void whatMakesNoKeyIsAnError() {
    assertThatThrownBy(() -> FeastKey.of("p", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without join keys");
    assertThatThrownBy(() -> FeastKey.of("", Map.of("k", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("project is empty");
    assertThatThrownBy(() -> FeastKey.of("p", Map.of("", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("join key is empty");
    assertThatThrownBy(() -> FeastKey.of("p", Map.of("k", 1.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'k' is a java.lang.Double");
    Map<String, Object> none = new LinkedHashMap<>();
    none.put("k", null);
    assertThatThrownBy(() -> FeastKey.of("p", none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'k' is null");
    assertThatThrownBy(() -> FeastKey.of("p", Map.of("k", Instant.ofEpochMilli(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole seconds");
  }

  @ParameterizedTest
  @CsvSource({
    "'', cut off",
    "00000000, would have 0 join keys",
    "ffffffff, would have 4294967295 join keys",
    "01000000 04000000 01000000 61 02000000 01000000 62 70 70 70, name of type 4",
    "01000000 02000000 00000000 02000000 01000000 62 70 70 70, empty or out of order",
    "01000000 02000000 01000000 ff 02000000 01000000 62 70, not UTF-8",
    "01000000 02000000 01000000 61 02000000 01000000 ff 70, not UTF-8",
    "01000000 02000000 01000000 61 02000000 01000000 62 ff, not UTF-8",
    "01000000 02000000 01000000 61 02000000 01000000 62, no project",
    "01000000 02000000 01000000 61 02000000 02000000 62, cut off",
    "01000000 02000000 01000000 61 02000000 ffffffff 62, cut off",
    "01000000 02000000 01000000 61 05000000 01000000 62 70, value of type 5",
    "01000000 02000000 01000000 61 03000000 01000000 62 70, number of 1 bytes instead of 4",
    "01000000 02000000 01000000 61 04000000 01000000 62 70, number of 1 bytes instead of 8",
    "01000000 02000000 01000000 61 08000000 01000000 62 70, number of 1 bytes instead of 8",
    "01000000 02000000 01000000 61 08000000 08000000 ffffffffffffff7f 70, timestamp of",
    "02000000 02000000 01000000 62 02000000 01000000 61 03000000 04000000 00000000 03000000"
        + " 04000000 00000000 70, empty or out of order",
    "02000000 02000000 01000000 61 02000000 01000000 61 03000000 04000000 00000000 03000000"
        + " 04000000 00000000 70, empty or out of order",
  })
  void whatIsNoKeyIsAnErrorWithItsBytes(String hex, String reason) {
    byte[] key = HEX.parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> FeastKey.parse(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .hasMessageEndingWith(HEX.formatHex(key));
  }

  @Test
  void everyCutKeyIsAnError() {
    byte[] key = HEX.parseHex(USER);
    for (int length = 0; length <= key.length - "demo".length(); length++) {
      byte[] cut = Arrays.copyOf(key, length);
      assertThatThrownBy(() -> FeastKey.parse(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A length of 42 is an asterisk in the pattern. */
  @Test
  void thePatternTakesNothingInTheKeyForAWildcard() {
    String name = "a".repeat(42);
    byte[] pattern = FeastKey.scanPattern("p?", List.of(name));
    assertThat(new String(pattern, StandardCharsets.ISO_8859_1))
        .isEqualTo("\1\0\0\0\2\0\0\0\\*\0\0\0" + name + "*p\\?");
  }

  private static String hex(FeastKey key) {
    return HEX.formatHex(key.toBytes());
  }
}
