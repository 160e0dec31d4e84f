package dev.freshet.features;

import static dev.freshet.features.TestCatalogs.START;
import static dev.freshet.features.TestCatalogs.event;
import static dev.freshet.features.TestCatalogs.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedRowTest {
  private static final FeatureCatalog COMPUTED =
      TestCatalogs.computed(
          "all, type: count",
          "clicks, type: count, actions: [click]",
          "recent, type: count, window: 1h, tile: 5m, ttl: 2d");
  private static final FeatureCatalog GIVEN =
      TestCatalogs.given(
          "i, shape: integer",
          "d, shape: number",
          "t, shape: text",
          "ts, shape: texts",
          "v, shape: 'numbers[40]'");

  private static byte[] computed() {
    return new RowUpdater(group(COMPUTED)).add(null, TestCatalogs.events(new Random(5), 30));
  }

  private static byte[] given() {
    return new RowUpdater(group(GIVEN))
        .given(
            new FeatureVersion(START, 300),
            Map.of(
                "i", 77L, "d", 0.1, "t", "caf\u00e9", "ts", List.of("a", ""), "v", new double[40]));
  }

  @Test
  void everyTruncationIsFoundOrReadable() {
    for (int length = 0; length < computed().length; length++) {
      readAll(COMPUTED, Arrays.copyOf(computed(), length));
    }
    for (int length = 0; length < given().length; length++) {
      readAll(GIVEN, Arrays.copyOf(given(), length));
    }
    for (int length = 0; length < PackedRow.HEADER_BYTES; length++) {
      byte[] cut = Arrays.copyOf(computed(), length);
      assertThatThrownBy(() -> TestCatalogs.row(COMPUTED, cut))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessage(
              "Cannot read the stored features user.live of 'x': cut off: it ends at byte "
                  + length);
    }
  }

  @Test
  void everyFlippedByteIsFoundOrReadable() {
    flip(COMPUTED, computed());
    flip(GIVEN, given());
  }

  private static void flip(FeatureCatalog catalog, byte[] packed) {
    for (int at = 0; at < packed.length; at++) {
      for (int flip = 1; flip < 256; flip++) {
        byte[] damaged = packed.clone();
        damaged[at] ^= (byte) flip;
        readAll(catalog, damaged);
      }
    }
  }

  @Test
  void garbageIsFoundOrReadable() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = i % 2 == 0 ? computed() : given();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        damaged[1 + random.nextInt(damaged.length - 1)] = (byte) random.nextInt(256);
      }
      readAll(i % 2 == 0 ? COMPUTED : GIVEN, damaged);
    }
  }

  /** Reads and updates in every way; a {@link FeatureLayoutException} is the only one allowed. */
  private static void readAll(FeatureCatalog catalog, byte[] packed) {
    FeatureGroup group = group(catalog);
    RowUpdater updater = new RowUpdater(group);
    FeatureEvent next = event("click", START + 999_999);
    allowLayout(() -> RowUpdater.version(packed));
    allowLayout(() -> TestCatalogs.row(catalog, packed).at(START).all());
    allowLayout(() -> updater.add(packed, List.of(next)));
    if (catalog == COMPUTED) {
      allowLayout(() -> updater.merge(packed, updater.add(null, List.of(next))));
      allowLayout(() -> updater.merge(updater.add(null, List.of(next)), packed));
    }
  }

  private static void allowLayout(Runnable read) {
    try {
      read.run();
    } catch (FeatureLayoutException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  @Test
  void bytesAfterAFeaturesContentAreFound() {
    FeatureCatalog catalog = TestCatalogs.computed("all, type: count");
    byte[] packed = new RowUpdater(group(catalog)).add(null, List.of(event("view", START)));
    byte[] longer = Arrays.copyOf(packed, packed.length + 1);
    longer[PackedRow.HEADER_BYTES + 5] = 2;
    assertThatThrownBy(() -> TestCatalogs.row(catalog, longer).at(START).getLong("all"))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage(
            "Cannot read the stored features user.live.all of 'x': 1 bytes too many before byte 33");
  }

  @Test
  void otherLayoutsAreRefusedWithWhatToDo() {
    byte[] packed = computed();
    packed[0] = 1;
    assertThatThrownBy(() -> TestCatalogs.row(COMPUTED, packed))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage(
            "Cannot read the stored features user.live of 'x': layout version 1, but this program"
                + " reads only 2: let the job write its features again, under another key prefix");
    packed[0] = 3;
    assertThatThrownBy(() -> new RowUpdater(group(COMPUTED)).add(packed, List.of(event("a", 1))))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage(
            "layout version 3, but this program reads only 2: read it with the version of Freshet"
                + " that wrote it");
  }

  @Test
  void aNegativeSequenceIsDamage() {
    byte[] packed = computed();
    packed[PackedRow.VERSION_OFFSET + 8] = (byte) 0x80;
    assertThatThrownBy(() -> RowUpdater.version(packed))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage("a negative sequence");
    Arrays.fill(packed, PackedRow.VERSION_OFFSET + 8, PackedRow.HEADER_BYTES, (byte) 0xff);
    packed[PackedRow.VERSION_OFFSET + 8] = 0x7f;
    assertThatThrownBy(() -> new RowUpdater(group(COMPUTED)).add(packed, List.of(event("a", 1))))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage("a sequence beyond 9223372036854775807");
  }

  @Test
  void longAgesAndContentsAreRead() {
    FeatureCatalog catalog =
        TestCatalogs.computed(
            "old, type: count, actions: [old]", "tiled, type: count, window: 100h, tile: 6m");
    RowUpdater updater = new RowUpdater(group(catalog));
    byte[] packed = updater.add(null, List.of(event("old", START - (1L << 50))));
    for (int i = 0; i < 1_000; i++) {
      packed = updater.add(packed, List.of(event("new", START + i * 360_000L)));
    }
    PackedRow row = new PackedRow(group(catalog)).parse(packed);
    assertThat(row.length(1)).isGreaterThan(2_000);
    assertThat(row.time(0)).isEqualTo(START - (1L << 50));
    assertThat(TestCatalogs.row(catalog, packed).at(START + 999 * 360_000L).getLong("tiled"))
        .hasValue(1_000);
  }
}
