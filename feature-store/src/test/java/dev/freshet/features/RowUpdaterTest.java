package dev.freshet.features;

import static dev.freshet.features.TestCatalogs.START;
import static dev.freshet.features.TestCatalogs.event;
import static dev.freshet.features.TestCatalogs.group;
import static dev.freshet.features.TestCatalogs.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.FeatureValue.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowUpdaterTest {
  private static final FeatureCatalog CATALOG =
      TestCatalogs.computed(
          "views, type: count, actions: [view], ttl: 1h",
          "clicks, type: count, actions: [click]",
          "recent, type: count, window: 1h, tile: 5m");
  private static final long HOUR = 3_600_000;

  private final RowUpdater updater = new RowUpdater(group(CATALOG));

  @Test
  void theVersionIsTheNewestTimeAndTheNumberOfEvents() {
    byte[] packed = updater.add(null, List.of(event("view", START)));
    assertThat(RowUpdater.version(packed)).isEqualTo(new FeatureVersion(START, 1));
    packed = updater.add(packed, List.of(event("view", START - 5), event("view", START + 7)));
    assertThat(RowUpdater.version(packed)).isEqualTo(new FeatureVersion(START + 7, 3));
    packed = updater.add(packed, List.of(event("click", START - 100)));
    assertThat(RowUpdater.version(packed)).isEqualTo(new FeatureVersion(START + 7, 4));
  }

  @Test
  void newestFirst() {
    byte[] old = updater.add(null, List.of(event("view", START)));
    byte[] later = updater.add(old, List.of(event("view", START)));
    byte[] latest = updater.add(null, List.of(event("view", START + 1)));
    List<byte[]> rows = new ArrayList<>(List.of(later, old, latest));
    rows.sort(RowUpdater.NEWEST_FIRST);
    assertThat(rows).containsExactly(latest, later, old);
  }

  @Test
  void everyValueHasItsOwnAge() {
    byte[] packed = updater.add(null, List.of(event("view", START)));
    packed = updater.add(packed, List.of(event("click", START + 10)));
    packed = updater.add(packed, List.of(event("purchase", START + 500)));
    FeatureRow.Values values = row(CATALOG, packed).at(START + 500);
    assertThat(values.get("views").eventTime()).isEqualTo(START);
    assertThat(values.get("clicks").eventTime()).isEqualTo(START + 10);
    assertThat(values.get("recent").eventTime()).isEqualTo(START + 500);
    packed = updater.add(packed, List.of(event("view", START - 1)));
    assertThat(row(CATALOG, packed).at(START).get("views"))
        .isEqualTo(new FeatureValue(Status.PRESENT, 2L, START));
  }

  @Test
  void batchesEqualOneByOne() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<FeatureEvent> events = TestCatalogs.events(random, 1 + random.nextInt(40));
      byte[] oneByOne = null;
      for (FeatureEvent event : events) {
        oneByOne = updater.add(oneByOne, List.of(event));
      }
      byte[] batches = null;
      for (int from = 0; from < events.size(); ) {
        int to = from + 1 + random.nextInt(events.size() - from);
        batches = updater.add(batches, events.subList(from, to));
        from = to;
      }
      assertThat(batches).as("seed " + seed).isEqualTo(oneByOne);
    }
  }

  @Test
  void whatIsNotLookedAtIsCopied() {
    byte[] packed = updater.add(null, List.of(event("view", START), event("click", START)));
    FeatureCatalog wider =
        TestCatalogs.computed(
            "views, type: count, actions: [view], ttl: 1h",
            "clicks, type: count, actions: [click]",
            "recent, type: count, window: 1h, tile: 5m",
            "carts, type: count, actions: [cart]");
    byte[] after = new RowUpdater(group(wider)).add(packed, List.of(event("cart", START + 9)));
    PackedRow before = new PackedRow(group(CATALOG)).parse(packed);
    PackedRow now = new PackedRow(group(CATALOG)).parse(after);
    for (int i = 0; i < 2; i++) {
      assertThat(now.time(i)).isEqualTo(START);
      assertThat(content(now, i)).isEqualTo(content(before, i));
    }
  }

  private static byte[] content(PackedRow row, int feature) {
    byte[] content = new byte[row.length(feature)];
    System.arraycopy(row.bytes(), row.offset(feature), content, 0, content.length);
    return content;
  }

  @Test
  void aForgottenValueStartsAnew() {
    byte[] packed = updater.add(null, List.of(event("view", START), event("view", START + 1)));
    byte[] inTime = updater.add(packed, List.of(event("view", START + 1 + HOUR)));
    assertThat(row(CATALOG, inTime).at(START + HOUR).getLong("views")).hasValue(3);
    byte[] late = updater.add(packed, List.of(event("view", START + 2 + HOUR)));
    assertThat(row(CATALOG, late).at(START + 2 + HOUR).getLong("views")).hasValue(1);
    byte[] within =
        updater.add(null, List.of(event("view", START), event("view", START + 1 + HOUR)));
    assertThat(row(CATALOG, within).at(START + 1 + HOUR).getLong("views")).hasValue(1);
    // What goes on meanwhile is no event of the feature, but makes the row newer.
    byte[] others = updater.add(packed, List.of(event("click", START + 5 * HOUR)));
    byte[] after = updater.add(others, List.of(event("view", START + 5 * HOUR + 1)));
    assertThat(row(CATALOG, after).at(START + 5 * HOUR + 1).getLong("views")).hasValue(1);
  }

  @Test
  void mergesPartsOfOneStretchOfEvents() {
    FeatureCatalog catalog =
        TestCatalogs.computed(
            "views, type: count, actions: [view]",
            "clicks, type: count, actions: [click]",
            "recent, type: count, window: 1h, tile: 5m");
    RowUpdater all = new RowUpdater(group(catalog));
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<FeatureEvent> events = TestCatalogs.events(random, 2 + random.nextInt(30));
      int cut = 1 + random.nextInt(events.size() - 1);
      byte[] one = all.add(null, events.subList(0, cut));
      byte[] other = all.add(null, events.subList(cut, events.size()));
      byte[] whole = all.add(null, events);
      assertThat(all.merge(one, other)).as("seed " + seed).isEqualTo(whole);
      assertThat(all.merge(other, one)).as("seed " + seed).isEqualTo(whole);
    }
  }

  @Test
  void givenValuesOfEveryShape() {
    FeatureCatalog catalog =
        TestCatalogs.given(
            "i, shape: integer",
            "d, shape: number",
            "t, shape: text",
            "ts, shape: texts",
            "v, shape: 'numbers[2]'",
            "none, shape: text");
    RowUpdater given = new RowUpdater(group(catalog));
    for (double number : new double[] {0, -0.0, 0.1, 0.1f, 1e300, Double.NEGATIVE_INFINITY}) {
      for (long integer : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
        Map<String, Object> values = new HashMap<>();
        values.put("i", integer);
        values.put("d", number);
        values.put("t", "caf\u00e9");
        values.put("ts", List.of("", "a", "a"));
        values.put("v", new double[] {number, 1});
        byte[] packed = given.given(new FeatureVersion(START, 3), values);
        assertThat(RowUpdater.version(packed)).isEqualTo(new FeatureVersion(START, 3));
        FeatureRow.Values read = row(catalog, packed).at(START);
        assertThat(read.getLong("i")).hasValue(integer);
        assertThat(read.getDouble("d")).hasValue(number);
        assertThat(read.getText("t")).contains("caf\u00e9");
        assertThat(read.getTexts("ts")).contains(List.of("", "a", "a"));
        assertThat(read.getNumbers("v").orElseThrow()).containsExactly(number, 1);
        assertThat(read.get("none").status()).isEqualTo(Status.EMPTY);
      }
    }
    assertThat(given.given(new FeatureVersion(1, 0), Map.of())).hasSize(PackedRow.HEADER_BYTES);
  }

  @Test
  void floatsTakeFourBytesAndDoublesEight() {
    FeatureCatalog catalog = TestCatalogs.given("v, shape: 'numbers[3]'");
    RowUpdater given = new RowUpdater(group(catalog));
    FeatureVersion version = new FeatureVersion(START, 0);
    byte[] floats = given.given(version, Map.of("v", new double[] {0.5, 0.1f, -3}));
    byte[] doubles = given.given(version, Map.of("v", new double[] {0.5, 0.1, -3}));
    assertThat(floats).hasSize(PackedRow.HEADER_BYTES + 6 + 12);
    assertThat(doubles).hasSize(PackedRow.HEADER_BYTES + 6 + 24);
    assertThat(row(catalog, floats).at(START).getNumbers("v").orElseThrow())
        .containsExactly(0.5, 0.1f, -3);
    assertThat(row(catalog, doubles).at(START).getNumbers("v").orElseThrow())
        .containsExactly(0.5, 0.1, -3);
  }

  @Test
  void refusesGivenValuesThatDoNotFit() {
    RowUpdater given =
        new RowUpdater(group(TestCatalogs.given("d, shape: number", "v, shape: 'numbers[2]'")));
    FeatureVersion version = new FeatureVersion(START, 0);
    assertThatThrownBy(() -> given.given(version, Map.of("nope", 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No feature 'nope' in the group item.batch of the feature catalog");
    assertThatThrownBy(() -> given.given(version, Map.of("d", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Feature 'd' of the group item.batch: x is no DOUBLE");
    assertThatThrownBy(() -> given.given(version, Map.of("d", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> given.given(version, Map.of("v", new double[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is no NUMBERS of 2");
    assertThatThrownBy(() -> updater.given(version, Map.of("views", 1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Feature 'views' of the group user.live is not given");
    byte[] one = given.given(version, Map.of("d", 1.0));
    assertThatThrownBy(() -> given.merge(one, one)).isInstanceOf(IllegalStateException.class);
  }
}
