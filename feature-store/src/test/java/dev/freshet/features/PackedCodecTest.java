package dev.freshet.features;

import static dev.freshet.features.Catalogs.ACTION_COUNT;
import static dev.freshet.features.Catalogs.DECAYED_COUNT;
import static dev.freshet.features.Catalogs.LAST_ITEM;
import static dev.freshet.features.Catalogs.LAST_ITEMS;
import static dev.freshet.features.Catalogs.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PackedCodecTest {
  private final PackedCodec codec = new PackedCodec(SHOP);
  private final PackedCodec.Writer writer = codec.writer("user");

  /** The worked example of the documentation, whose bytes are read from there. */
  @Test
  void packsTheWorkedExampleAsDocumented() throws IOException {
    byte[] packed =
        writer
            .begin(new FeatureVersion(1_700_000_000_000L, 42))
            .putLong(ACTION_COUNT, 7)
            .putDouble(DECAYED_COUNT, 2.5)
            .putStrings(LAST_ITEMS, List.of("i9", "", "café"))
            .toBytes();

    assertThat(HexFormat.of().formatHex(packed)).isEqualTo(documentedExample());

    FeatureRow row = codec.decode("user", "u1", packed);
    assertThat(row.version()).isEqualTo(new FeatureVersion(1_700_000_000_000L, 42));
    assertThat(row.values())
        .containsExactly(
            entry("action_count", 7L),
            entry("decayed_count", 2.5),
            entry("last_items", List.of("i9", "", "café")));
  }

  /** The second column of the example's table, joined. */
  private static String documentedExample() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "feature-store-layout.md"));
    String example = page.substring(page.indexOf("## Worked example"));
    Matcher row =
        Pattern.compile("^\\| *\\d+ *\\| `([0-9a-f ]+)` *\\|", Pattern.MULTILINE).matcher(example);
    StringBuilder hex = new StringBuilder();
    while (row.find()) {
      hex.append(row.group(1).replace(" ", ""));
    }
    return hex.toString();
  }

  /** One reused writer: nothing of a value stays in the next one. */
  @Property
  void whatIsPutIsWhatIsRead(@ForAll("values") List<Map<Integer, Object>> rows) {
    for (int i = 0; i < rows.size(); i++) {
      Map<Integer, Object> values = rows.get(i);
      FeatureVersion version = new FeatureVersion(i * 1000L - 500, i);
      FeatureRow row = codec.decode("user", "u", pack(version, values));

      Map<String, Object> expected = new LinkedHashMap<>();
      for (int feature = 0; feature < 4; feature++) {
        String name = SHOP.features("user").get(feature).name();
        assertThat(row.has(name)).isEqualTo(values.containsKey(feature));
        if (values.containsKey(feature)) {
          expected.put(name, values.get(feature));
        }
      }
      assertThat(row.version()).isEqualTo(version);
      assertThat(row.values()).isEqualTo(expected);
      assertThat(new ArrayList<>(row.values().keySet()))
          .isEqualTo(new ArrayList<>(expected.keySet()));
    }
  }

  private byte[] pack(FeatureVersion version, Map<Integer, Object> values) {
    writer.begin(version);
    values.forEach(
        (index, value) -> {
          if (value instanceof Long number) {
            writer.putLong(index, number);
          } else if (value instanceof Double number) {
            writer.putDouble(index, number);
          } else if (value instanceof String text) {
            writer.putString(index, text);
          } else {
            writer.putStrings(index, ((List<?>) value).stream().map(String.class::cast).toList());
          }
        });
    return writer.toBytes();
  }

  @Provide
  Arbitrary<List<Map<Integer, Object>>> values() {
    Arbitrary<Long> longs = Arbitraries.longs();
    Arbitrary<Double> doubles =
        Arbitraries.oneOf(
            Arbitraries.doubles(),
            Arbitraries.of(-0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE));
    // Long enough for lengths of two bytes; no surrogates, which only mean something in pairs.
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(200),
            Arbitraries.of("", "\ud83d\udc51", "\u0000"));
    Arbitrary<List<String>> lists = texts.list().ofMaxSize(5);
    return Combinators.combine(
            longs.injectNull(0.3),
            doubles.injectNull(0.3),
            texts.injectNull(0.3),
            lists.injectNull(0.3))
        .as(
            (a, b, c, d) -> {
              Map<Integer, Object> values = new LinkedHashMap<>();
              List<Object> all = Arrays.asList(a, b, c, d);
              for (int i = all.size() - 1; i >= 0; i--) {
                if (all.get(i) != null) {
                  values.put(i, all.get(i));
                }
              }
              return values;
            })
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /** What the server relies on: versions compare as their bytes do, unsigned. */
  @Property
  void versionBytesAreOrderedAsVersionsAre(
      @ForAll long time,
      @ForAll long otherTime,
      @ForAll @LongRange(min = 0) long sequence,
      @ForAll @LongRange(min = 0) long otherSequence) {
    for (long second : new long[] {time, otherTime}) {
      FeatureVersion a = new FeatureVersion(time, sequence);
      FeatureVersion b = new FeatureVersion(second, otherSequence);
      int byBytes = Arrays.compareUnsigned(versionBytes(a), versionBytes(b));
      assertThat(Integer.signum(byBytes)).isEqualTo(a.compareTo(b));
    }
  }

  private byte[] versionBytes(FeatureVersion version) {
    return Arrays.copyOfRange(writer.begin(version).toBytes(), 9, 25);
  }

  @Test
  void aMissingValueIsNeitherZeroNorEmpty() {
    FeatureRow missing = codec.decode("user", "u", writer.begin(1, 0).toBytes());
    assertThat(missing.getLong("action_count")).isEmpty();
    assertThat(missing.getDouble("decayed_count")).isEmpty();
    assertThat(missing.getString("last_item")).isEmpty();
    assertThat(missing.getStrings("last_items")).isEmpty();
    assertThat(missing.has("last_item")).isFalse();
    assertThat(missing.values()).isEmpty();

    FeatureRow empty =
        codec.decode(
            "user",
            "u",
            writer
                .begin(1, 0)
                .putLong(ACTION_COUNT, 0)
                .putDouble(DECAYED_COUNT, 0)
                .putString(LAST_ITEM, "")
                .putStrings(LAST_ITEMS, List.of())
                .toBytes());
    assertThat(empty.getLong("action_count")).hasValue(0);
    assertThat(empty.getDouble("decayed_count")).hasValue(0);
    assertThat(empty.getString("last_item")).hasValue("");
    assertThat(empty.getStrings("last_items")).hasValue(List.of());
    assertThat(empty.has("last_item")).isTrue();
    assertThat(empty).isNotEqualTo(missing);
  }

  @Test
  void aBitmapOfSeveralBytesAndAValueLargerThanTheBuffer() {
    List<FeatureDefinition> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      many.add(new FeatureDefinition("text_" + i, "item", FeatureType.STRING, "Text"));
    }
    PackedCodec wide = new PackedCodec(new FeatureCatalog(many));
    String text = "x".repeat(70_000);
    PackedCodec.Writer wideWriter = wide.writer("item").begin(3, 4);
    byte[] packed = wideWriter.putString(19, text).putString(8, "").toBytes();
    assertThat(packed).hasSize(25 + 3 + 3 + 70_000 + 1);
    assertThat(wide.decode("item", "i", packed).values())
        .containsExactly(entry("text_8", ""), entry("text_19", text));
    assertThat(wide.decode("item", "i", wideWriter.begin(3, 5).toBytes()).version())
        .isEqualTo(new FeatureVersion(3, 5));
  }

  @Test
  void anotherCatalogIsAnErrorThatNamesBothHashes() {
    FeatureCatalog other =
        new FeatureCatalog(
            List.of(new FeatureDefinition("age", "user", FeatureType.LONG, "Years")));
    byte[] packed = new PackedCodec(other).writer("user").begin(1, 1).putLong(0, 30).toBytes();
    assertThatThrownBy(() -> codec.decode("user", "u1", packed))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining("user 'u1'")
        .hasMessageContaining(other.hash().substring(0, 16))
        .hasMessageContaining(SHOP.hash().substring(0, 16));
  }

  @Test
  void everyTruncatedOrExtendedValueIsAnError() {
    byte[] packed =
        writer.begin(1, 1).putLong(ACTION_COUNT, 1).putStrings(LAST_ITEMS, List.of("é")).toBytes();
    for (int length = 0; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> codec.decode("user", "u", cut))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessageContaining("cut off");
    }
    assertThatThrownBy(() -> codec.decode("user", "u", Arrays.copyOf(packed, packed.length + 2)))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining("2 bytes too many");
  }

  @Test
  void damageIsAnErrorAndTakesNoMemory() {
    byte[] packed = writer.begin(1, 1).putString(LAST_ITEM, "abcdef").toBytes();
    assertDamaged(packed, 0, 2, "layout version 2");
    assertDamaged(packed, 17, 0x80, "negative sequence");
    assertDamaged(packed, 27, 0xff, "UTF-8");
    byte[] huge = writer.begin(1, 1).putStrings(LAST_ITEMS, List.of("abcdefgh")).toBytes();
    Arrays.fill(huge, 26, 30, (byte) 0xff);
    huge[30] = 7;
    assertThatThrownBy(() -> codec.decode("user", "u", huge))
        .isInstanceOf(FeatureLayoutException.class);
  }

  private void assertDamaged(byte[] packed, int at, int value, String message) {
    byte[] damaged = packed.clone();
    damaged[at] = (byte) value;
    assertThatThrownBy(() -> codec.decode("user", "u", damaged))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining(message);
  }

  @Test
  void wrongTypesNamesAndNullsAreErrors() {
    writer.begin(1, 1);
    assertThatThrownBy(() -> writer.putLong(DECAYED_COUNT, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'decayed_count' of 'user' is a DOUBLE, not a LONG");
    assertThatThrownBy(() -> writer.putString(LAST_ITEM, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'last_item' of 'user' is null");
    assertThatThrownBy(() -> writer.begin(1, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.writer("shop")).isInstanceOf(IllegalArgumentException.class);

    FeatureRow row = codec.decode("user", "u", writer.begin(1, 1).toBytes());
    assertThatThrownBy(() -> row.getLong("action_cuont"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("action_cuont");
    assertThatThrownBy(() -> row.getLong("last_item"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a STRING, not a LONG");
  }

  @Test
  void everyNotANumberIsTheSame() {
    double odd = Double.longBitsToDouble(0x7ff8_0000_0000_0001L);
    byte[] packed = writer.begin(1, 1).putDouble(DECAYED_COUNT, odd).toBytes();
    assertThat(packed).isEqualTo(writer.begin(1, 1).putDouble(DECAYED_COUNT, Double.NaN).toBytes());
  }
}
