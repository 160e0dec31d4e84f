package dev.freshet.features;

import static dev.freshet.features.TestCatalogs.START;
import static dev.freshet.features.TestCatalogs.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureVectorsTest {
  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: views, entity: item, description: d, type: count, actions: [view], default: -1}
            - {name: recent, entity: item, description: d, type: count, window: 1h, ttl: 1d}
            - {name: price, entity: item, description: d, type: given, source: store, shape: number}
            - {name: title, entity: item, description: d, type: given, source: store, shape: text}
            - {name: vector, entity: item, description: d, type: given, source: store,
               shape: "numbers[3]", default: [0, 0, 0.5], ttl: 10d}
            - {name: stock, entity: item, description: d, type: given, source: store, shape: integer,
               group: stock, default: 7}
            - {name: users, entity: user, description: d, type: count}
          """);
  private static final List<String> NAMES =
      List.of("vector", "recent", "price", "views", "stock", "price");

  private final FeatureVectors vectors = new FeatureVectors(CATALOG, Entity.ITEM, NAMES);

  @Test
  void placesAreInTheOrderOfTheNames() {
    assertThat(vectors.width()).isEqualTo(8);
    Map<String, byte[]> packed = new HashMap<>();
    packed.put("live", live(event("view", START), event("click", START + 1)));
    packed.put(
        "batch", batch(Map.of("price", 9.5, "vector", new double[] {1, -2, 0.1}, "title", "t")));
    packed.put(
        "stock",
        new RowUpdater(CATALOG.group(Entity.ITEM, "stock").orElseThrow())
            .given(new FeatureVersion(START, 0), Map.of("stock", 3L)));
    assertThat(read(packed, START + 2)).containsExactly(1, -2, 0.1f, 2, 9.5f, 1, 3, 9.5f);
  }

  @Test
  void aMissingRowHasTheDefaults() {
    float[] expected = {0, 0, 0.5f, Float.NaN, Float.NaN, -1, 7, Float.NaN};
    float[] to = new float[8];
    vectors.read(null, START, to, 0);
    assertThat(to).containsExactly(expected);
    assertThat(read(Map.of(), START)).containsExactly(expected);
  }

  @Test
  void emptyAndExpiredValuesHaveTheDefaults() {
    Map<String, byte[]> packed =
        Map.of(
            "live",
            live(event("click", START)),
            "batch",
            batch(Map.of("vector", new double[] {1, 2, 3})));
    assertThat(read(packed, START + 86_400_000))
        .containsExactly(1, 2, 3, 0, Float.NaN, -1, 7, Float.NaN);
    assertThat(read(packed, START + 86_400_001))
        .containsExactly(1, 2, 3, Float.NaN, Float.NaN, -1, 7, Float.NaN);
    assertThat(read(packed, START + 864_000_001L))
        .containsExactly(0, 0, 0.5f, Float.NaN, Float.NaN, -1, 7, Float.NaN);
  }

  @Test
  void nothingIsLeftOfTheRowBefore() {
    float[] to = new float[8];
    FeatureRow full =
        row(
            Map.of(
                "live", live(event("view", START)),
                "batch", batch(Map.of("price", 1.0, "vector", new double[3]))));
    vectors.read(full, START, to, 0);
    vectors.read(row(Map.of("batch", batch(Map.of("title", "only")))), START, to, 0);
    assertThat(to).containsExactly(0, 0, 0.5f, Float.NaN, Float.NaN, -1, 7, Float.NaN);
  }

  @Test
  void writesFromTheOffsetOnAndNothingElse() {
    float[] to = new float[12];
    Arrays.fill(to, 42);
    vectors.read(row(Map.of("batch", batch(Map.of("price", 2.0)))), START, to, 3);
    assertThat(to).containsExactly(42, 42, 42, 0, 0, 0.5f, Float.NaN, 2, -1, 7, 2, 42);
    assertThatThrownBy(() -> vectors.read(null, START, to, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> vectors.read(null, START, to, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void agreesWithTheTypedGetters() {
    FeatureRow row =
        row(
            Map.of(
                "live", live(event("view", START), event("view", START + 1_800_000)),
                "batch", batch(Map.of("price", 1e-3, "vector", new double[] {1e300, 0.1, -0.0}))));
    for (long time = START + 1_800_000; time < START + 20_000_000; time += 777_777) {
      float[] to = new float[8];
      vectors.read(row, time, to, 0);
      FeatureRow.Values values = row.at(time);
      double[] vector = values.getNumbers("vector").orElseThrow();
      assertThat(to)
          .containsExactly(
              (float) vector[0],
              (float) vector[1],
              (float) vector[2],
              values.getLong("recent").orElseThrow(),
              (float) values.getDouble("price").orElseThrow(),
              values.getLong("views").orElseThrow(),
              values.getLong("stock").orElseThrow(),
              (float) values.getDouble("price").orElseThrow());
    }
  }

  @Test
  void refusesWhatIsNoNumberOrNotThere() {
    assertThatThrownBy(() -> new FeatureVectors(CATALOG, Entity.ITEM, List.of("title")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Feature 'title' of 'item' has TEXT values, not numbers");
    assertThatThrownBy(() -> new FeatureVectors(CATALOG, Entity.ITEM, List.of("prise")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No feature 'prise' of 'item' in the feature catalog; did you mean 'price'?");
    FeatureRow user = new FeatureRow(CATALOG, Entity.USER, "u", Map.of());
    assertThatThrownBy(() -> vectors.read(user, START, new float[8], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A row of 'user', where vectors of 'item' are read");
  }

  @Test
  void damagedBytesAreNamed() {
    byte[] batch = batch(Map.of("vector", new double[] {1, 2, 3}));
    batch[PackedRow.HEADER_BYTES + 5] = 11;
    byte[] cut = Arrays.copyOf(batch, batch.length - 1);
    FeatureRow row = row(Map.of("batch", cut));
    assertThatThrownBy(() -> vectors.read(row, START, new float[8], 0))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessage("Cannot read the stored features item.batch of 'i': 11 bytes for 3 numbers");
  }

  @Test
  void readsWithoutAllocating() {
    FeatureRow row =
        row(
            Map.of(
                "live", live(event("view", START), event("view", START + 1)),
                "batch", batch(Map.of("price", 1.5, "vector", new double[] {1, 2, 3}))));
    FeatureVectors given = new FeatureVectors(CATALOG, Entity.ITEM, List.of("vector", "price"));
    float[] to = new float[given.width()];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    readMany(given, row, to);
    long before = threads.getThreadAllocatedBytes(thread);
    readMany(given, row, to);
    // Less than a byte a row: asking costs a little itself.
    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
    assertThat(to).containsExactly(1, 2, 3, 1.5f);
  }

  private static void readMany(FeatureVectors vectors, FeatureRow row, float[] to) {
    for (int i = 0; i < 10_000; i++) {
      vectors.read(row, START, to, 0);
    }
  }

  private float[] read(Map<String, byte[]> packed, long time) {
    float[] to = new float[vectors.width()];
    vectors.read(row(packed), time, to, 0);
    return to;
  }

  private static FeatureRow row(Map<String, byte[]> packed) {
    return new FeatureRow(CATALOG, Entity.ITEM, "i", packed);
  }

  private static byte[] live(FeatureEvent... events) {
    return new RowUpdater(CATALOG.computed(Entity.ITEM).orElseThrow()).add(null, List.of(events));
  }

  private static byte[] batch(Map<String, ?> values) {
    return new RowUpdater(CATALOG.group(Entity.ITEM, "batch").orElseThrow())
        .given(new FeatureVersion(START, 1), values);
  }
}
