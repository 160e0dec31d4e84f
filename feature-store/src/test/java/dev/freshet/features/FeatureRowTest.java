package dev.freshet.features;

import static dev.freshet.features.TestCatalogs.START;
import static dev.freshet.features.TestCatalogs.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.FeatureValue.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureRowTest {
  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: views, entity: item, description: d, type: count, actions: [view], ttl: 1h,
               default: -1}
            - {name: clicks, entity: item, description: d, type: count, actions: [click]}
            - {name: recent, entity: item, description: d, type: count, window: 1h, tile: 5m}
            - {name: price, entity: item, description: d, type: given, source: store, shape: number,
               default: 9.5}
            - {name: title, entity: item, description: d, type: given, source: store, shape: text,
               default: untitled}
            - {name: tags, entity: item, description: d, type: given, source: store, shape: texts,
               default: [none]}
            - {name: vector, entity: item, description: d, type: given, source: store,
               shape: "numbers[2]", default: [0, 1]}
          """);
  private static final FeatureGroup LIVE = CATALOG.computed(Entity.ITEM).orElseThrow();
  private static final FeatureGroup BATCH = CATALOG.group(Entity.ITEM, "batch").orElseThrow();

  private static FeatureRow row(Map<String, byte[]> packed) {
    return new FeatureRow(CATALOG, Entity.ITEM, "i", packed);
  }

  private static byte[] live(FeatureEvent... events) {
    return new RowUpdater(LIVE).add(null, List.of(events));
  }

  @Test
  void tellsWhyThereIsNoValue() {
    FeatureRow row = row(Map.of("live", live(event("view", START))));
    long hour = 3_600_000;
    assertThat(row.at(START).get("views")).isEqualTo(new FeatureValue(Status.PRESENT, 1L, START));
    assertThat(row.at(START + hour).get("views").status()).isEqualTo(Status.PRESENT);
    assertThat(row.at(START + hour + 1).get("views"))
        .isEqualTo(new FeatureValue(Status.EXPIRED, null, START));
    assertThat(row.at(START).get("clicks"))
        .isEqualTo(new FeatureValue(Status.EMPTY, null, Long.MIN_VALUE));
    assertThat(row.at(START).get("price"))
        .isEqualTo(new FeatureValue(Status.MISSING, null, Long.MIN_VALUE));
    assertThat(row.at(START).all().keySet())
        .containsExactly("views", "clicks", "recent", "price", "title", "tags", "vector");
    assertThat(row.at(START).present()).isEqualTo(Map.of("views", 1L, "recent", 1L));
    assertThat(row.at(START)).hasToString("{views=1, recent=1}");
  }

  @Test
  void defaultsStandForValuesThatAreNotThere() {
    FeatureRow expired = row(Map.of("live", live(event("view", START))));
    assertThat(expired.at(START + 3_600_001).getLong("views")).hasValue(-1);
    FeatureRow.Values values = row(Map.of("live", live(event("buy", START)))).at(START);
    assertThat(values.getLong("views")).hasValue(-1);
    assertThat(values.getLong("clicks")).isEmpty();
    assertThat(values.getDouble("price")).hasValue(9.5);
    assertThat(values.getText("title")).contains("untitled");
    assertThat(values.getTexts("tags")).contains(List.of("none"));
    assertThat(values.getNumbers("vector").orElseThrow()).containsExactly(0, 1);
  }

  @Test
  void aDefaultCannotBeChangedByAReader() {
    FeatureRow.Values values = row(Map.of()).at(START);
    values.getNumbers("vector").orElseThrow()[0] = 5;
    assertThat(values.getNumbers("vector").orElseThrow()).containsExactly(0, 1);
  }

  @Test
  void windowsMoveWithTheTimeOfTheRead() {
    FeatureRow row =
        row(Map.of("live", live(event("view", START), event("view", START + 600_000))));
    assertThat(row.at(START + 600_000).getLong("recent")).hasValue(2);
    assertThat(row.at(START + 3_700_000).getLong("recent")).hasValue(1);
    assertThat(row.at(START + 9_000_000).getLong("recent")).hasValue(0);
  }

  @Test
  void gettersRefuseOtherTypesAndUnknownNames() {
    FeatureRow.Values values = row(Map.of()).at(START);
    assertThatThrownBy(() -> values.getDouble("views"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Feature 'views' of 'item' has LONG values, not DOUBLE");
    assertThatThrownBy(() -> values.getLong("price"))
        .hasMessageEndingWith("DOUBLE values, not LONG");
    assertThatThrownBy(() -> values.getText("tags")).hasMessageEndingWith("TEXTS values, not TEXT");
    assertThatThrownBy(() -> values.getTexts("title"))
        .hasMessageEndingWith("TEXT values, not TEXTS");
    assertThatThrownBy(() -> values.getNumbers("price"))
        .hasMessageEndingWith("DOUBLE values, not NUMBERS");
    assertThatThrownBy(() -> values.getWeights("views"))
        .hasMessageEndingWith("LONG values, not WEIGHTS");
    assertThatThrownBy(() -> values.get("view"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No feature 'view' of 'item' in the feature catalog; did you mean 'views'?");
  }

  @Test
  void versionsOfTheGroups() {
    byte[] batch = new RowUpdater(BATCH).given(new FeatureVersion(START + 5, 9), Map.of());
    byte[] live = live(event("view", START));
    FeatureRow row = row(Map.of("live", live, "batch", batch));
    assertThat(row.version("live")).contains(new FeatureVersion(START, 1));
    assertThat(row.version("other")).isEmpty();
    assertThat(row.version()).isEqualTo(new FeatureVersion(START + 5, 9));
    assertThat(row.packed("live")).contains(live);
    assertThat(row.packed("other")).isEmpty();
    assertThat(row.entity()).isEqualTo(Entity.ITEM);
    assertThat(row.id()).isEqualTo("i");
  }
}
