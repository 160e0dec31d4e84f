package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureValue.Status;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.WriteResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What every feature store does, in whatever layout and on whatever kind of Redis. */
@Timeout(60)
abstract class FeatureStoreContract {
  static final long START = 1_700_000_000_000L;
  static final long HOUR = 3_600_000;

  static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: clicks, entity: user, description: d, type: count, actions: [click]}
            - {name: buys, entity: user, description: d, type: count, actions: [buy]}
            - {name: mean_value, entity: user, description: d, type: mean, of: value, default: 0.5}
            - {name: last_item, entity: user, description: d, type: last, of: item}
            - {name: last_items, entity: user, description: d, type: last-n, of: item, size: 3}
            - {name: likes, entity: user, description: d, type: affinity, of: item.category,
               half-life: 1d}
            - {name: taste, entity: user, description: d, type: given, source: store,
               shape: "numbers[3]"}
            - {name: segment, entity: user, description: d, type: given, source: store, shape: text,
               default: unknown}
            - {name: badges, entity: user, description: d, type: given, source: store, shape: texts}
            - {name: level, entity: user, description: d, type: given, source: store,
               shape: integer}
            - {name: balance, entity: user, description: d, type: given, source: store,
               shape: number}
            - {name: views, entity: item, description: d, type: count, ttl: 1h}
            - {name: price, entity: item, description: d, type: given, source: store, shape: number,
               ttl: 2h}
            - {name: meetings, entity: user_item, description: d, type: count, ttl: 30m}
            - {name: actions, entity: global, description: d, type: count}
          """);

  static final FeatureGroup USER_LIVE = CATALOG.computed(Entity.USER).orElseThrow();
  static final FeatureGroup USER_BATCH = CATALOG.group(Entity.USER, "batch").orElseThrow();
  static final FeatureGroup ITEM_LIVE = CATALOG.computed(Entity.ITEM).orElseThrow();
  static final FeatureGroup ITEM_BATCH = CATALOG.group(Entity.ITEM, "batch").orElseThrow();
  static final FeatureGroup PAIR_LIVE = CATALOG.computed(Entity.USER_ITEM).orElseThrow();
  static final FeatureGroup GLOBAL_LIVE = CATALOG.computed(Entity.GLOBAL).orElseThrow();

  /** The name of the test, which no other has. */
  String name;

  FeatureStore store;

  /** Settings under which only the given name is seen. */
  abstract FeatureStoreSettings settings(String of);

  @BeforeEach
  void openStore(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName() + "-" + System.nanoTime();
    store = settings(name).open(CATALOG);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static FeatureEvent event(String action, long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = action + time;
    event.time = time;
    event.user = "u";
    event.item = "i" + time % 10;
    event.action = action;
    return event;
  }

  static byte[] live(FeatureGroup group, FeatureEvent... events) {
    return new RowUpdater(group).add(null, List.of(events));
  }

  /** A user's batch group whose level tells the values apart. */
  static FeatureWrite level(String id, long eventTime, long sequence, long level) {
    return new FeatureWrite(
        USER_BATCH,
        id,
        new RowUpdater(USER_BATCH)
            .given(new FeatureVersion(eventTime, sequence), Map.of("level", level)));
  }

  static FeatureWrite price(String id, double price) {
    return new FeatureWrite(
        ITEM_BATCH,
        id,
        new RowUpdater(ITEM_BATCH).given(new FeatureVersion(START, 1), Map.of("price", price)));
  }

  long level(String id) {
    return store
        .get(Entity.USER, id)
        .orElseThrow()
        .at(START)
        .getLong("level")
        .orElseThrow(() -> new AssertionError("no level of " + id));
  }

  Map<String, FeatureRow> scanned() {
    Map<String, FeatureRow> rows = new HashMap<>();
    List<String> twice = new ArrayList<>();
    store.scan(
        row -> {
          if (rows.put(row.entity() + " " + row.id(), row) != null) {
            twice.add(row.id());
          }
        });
    assertThat(twice).as("visited twice").isEmpty();
    return rows;
  }

  @Test
  void valuesOfEveryTypeComeBack() {
    FeatureEvent click = event("click", START);
    click.value = 2.5;
    click.attributes = new String[] {"category=light", "category=red"};
    FeatureEvent view = event("view", START + 1);
    store.write(
        List.of(
            new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, click, view)),
            new FeatureWrite(
                USER_BATCH,
                "u",
                new RowUpdater(USER_BATCH)
                    .given(
                        new FeatureVersion(START + 9, 3),
                        Map.of(
                            "taste",
                            new double[] {0.1, -1, 1e300},
                            "segment",
                            "é\u0000",
                            "badges",
                            List.of("a", ""),
                            "level",
                            -7,
                            "balance",
                            0.1)))));

    FeatureRow row = store.get(Entity.USER, "u").orElseThrow();

    assertThat(row.entity()).isEqualTo(Entity.USER);
    assertThat(row.id()).isEqualTo("u");
    assertThat(row.version("live")).contains(new FeatureVersion(START + 1, 2));
    assertThat(row.version("batch")).contains(new FeatureVersion(START + 9, 3));
    FeatureRow.Values values = row.at(START + 9);
    assertThat(values.getLong("clicks")).hasValue(1);
    assertThat(values.getDouble("mean_value")).hasValue(2.5);
    assertThat(values.getText("last_item")).contains("i1");
    assertThat(values.getTexts("last_items")).contains(List.of("i1", "i0"));
    assertThat(values.getWeights("likes").orElseThrow().keySet()).containsExactly("light", "red");
    assertThat(values.getWeights("likes").orElseThrow().get("red")).isEqualTo(0.5, within(1e-9));
    assertThat(values.getNumbers("taste").orElseThrow()).containsExactly(0.1, -1, 1e300);
    assertThat(values.getText("segment")).contains("é\u0000");
    assertThat(values.getTexts("badges")).contains(List.of("a", ""));
    assertThat(values.getLong("level")).hasValue(-7);
    assertThat(values.getDouble("balance")).hasValue(0.1);
    assertThat(values.all().keySet())
        .containsExactlyElementsOf(
            CATALOG.features(Entity.USER).stream().map(feature -> feature.name()).toList());
  }

  @Test
  void theStoresCatalogReadsItsRowsAsVectors() {
    store.write(
        List.of(
            level("u", START, 1, 4),
            new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, event("click", START)))));
    FeatureVectors vectors =
        new FeatureVectors(
            store.catalog(), Entity.USER, List.of("level", "clicks", "balance", "mean_value"));
    float[] vector = new float[vectors.width()];

    vectors.read(store.get(Entity.USER, "u").orElseThrow(), START, vector, 0);

    assertThat(vector).containsExactly(4, 1, Float.NaN, 0.5f);
  }

  /** A batch job may well take the group from the store that it writes to. */
  @Test
  void givenGroupsOfTheStoresCatalogCanBeWritten() {
    FeatureGroup batch = store.catalog().group(Entity.USER, "batch").orElseThrow();
    byte[] packed = new RowUpdater(batch).given(new FeatureVersion(1, 1), Map.of("level", 3));
    store.write(List.of(new FeatureWrite(batch, "u", packed)));
    assertThat(level("u")).isEqualTo(3);
  }

  @Test
  void aMissingGroupAnEmptyAndAnExpiredFeatureAreToldApart() {
    store.write(
        List.of(
            new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, event("click", START))),
            price("i", 9)));
    FeatureRow.Values user = store.get(Entity.USER, "u").orElseThrow().at(START);
    assertThat(user.get("clicks").status()).isEqualTo(Status.PRESENT);
    assertThat(user.get("clicks").eventTime()).isEqualTo(START);
    assertThat(user.get("buys").status()).isEqualTo(Status.EMPTY);
    assertThat(user.get("likes").status()).isEqualTo(Status.EMPTY);
    assertThat(user.get("level").status()).isEqualTo(Status.MISSING);
    assertThat(user.getText("segment")).as("default").contains("unknown");
    assertThat(user.getDouble("mean_value")).as("default").hasValue(0.5);
    FeatureRow item = store.get(Entity.ITEM, "i").orElseThrow();
    assertThat(item.at(START + 2 * HOUR).get("price").status()).isEqualTo(Status.PRESENT);
    assertThat(item.at(START + 2 * HOUR + 1).get("price").status()).isEqualTo(Status.EXPIRED);
    assertThat(item.at(START).get("views").status()).isEqualTo(Status.MISSING);
  }

  @Test
  void severalAreReadInTheOrderInWhichTheyAreAskedFor() {
    List<FeatureWrite> writes = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (i % 3 != 0) {
        writes.add(level("u" + i, START, 1, i));
      }
      asked.add("u" + i);
    }
    Collections.shuffle(asked, new Random(5));
    assertThat(store.write(writes)).isEqualTo(new WriteResult(200, 0));

    Map<String, FeatureRow> rows = store.multiGet(Entity.USER, asked);

    asked.removeIf(id -> Integer.parseInt(id.substring(1)) % 3 == 0);
    assertThat(rows.keySet()).containsExactlyElementsOf(asked);
    rows.forEach(
        (id, row) -> {
          assertThat(row.id()).isEqualTo(id);
          assertThat("u" + row.at(START).getLong("level").orElseThrow()).isEqualTo(id);
        });
    assertThat(store.multiGet(Entity.USER, List.of("u2", "u1", "u2")).keySet())
        .containsExactly("u2", "u1");
    assertThat(store.multiGet(Entity.USER, List.of())).isEmpty();
    assertThat(store.write(List.of())).isEqualTo(new WriteResult(0, 0));
    assertThat(store.get(Entity.USER, "u0")).isEmpty();
  }

  @Test
  void manyCanBeReadAtOnceWithoutWaiting() throws Exception {
    List<FeatureWrite> writes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      writes.add(level("u" + i, START, 1, i));
    }
    store.write(writes);
    List<CompletableFuture<Map<String, FeatureRow>>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      List<String> ids = new ArrayList<>(List.of("u" + i, "nobody"));
      answers.add(store.multiGetAsync(Entity.USER, ids));
      ids.clear();
    }
    for (int i = 0; i < 100; i++) {
      Map<String, FeatureRow> rows = answers.get(i).get(20, TimeUnit.SECONDS);
      assertThat(rows.keySet()).containsExactly("u" + i);
      assertThat(rows.get("u" + i).at(START).getLong("level")).hasValue(i);
    }
    assertThatThrownBy(
            () -> store.multiGetAsync(Entity.USER, List.of("")).get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    store.close();
    assertThatThrownBy(
            () -> store.multiGetAsync(Entity.USER, List.of("u1")).get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.get(Entity.USER, "u1"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everyKindOfEntityIsWrittenReadScannedAndDeleted() {
    String pair = Entity.pair("a/b%2F", "%");
    store.write(
        List.of(
            level("x", START, 1, 1),
            new FeatureWrite(ITEM_LIVE, "x", live(ITEM_LIVE, event("view", START))),
            price("x", 2.5),
            new FeatureWrite(PAIR_LIVE, pair, live(PAIR_LIVE, event("view", START))),
            new FeatureWrite(GLOBAL_LIVE, Entity.ALL, live(GLOBAL_LIVE, event("view", START)))));

    Map<String, FeatureRow> rows = scanned();

    assertThat(rows).containsOnlyKeys("user x", "item x", "user_item " + pair, "global all");
    assertThat(rows.get("item x").at(START).getLong("views")).hasValue(1);
    assertThat(rows.get("item x").at(START).getDouble("price")).hasValue(2.5);
    for (Entity entity : Entity.values()) {
      String id = entity == Entity.USER_ITEM ? pair : entity == Entity.GLOBAL ? Entity.ALL : "x";
      assertThat(store.get(entity, id).orElseThrow().id()).isEqualTo(id);
      assertThat(store.delete(entity, id)).isTrue();
      assertThat(store.delete(entity, id)).isFalse();
      assertThat(store.get(entity, id)).isEmpty();
    }
    assertThat(scanned()).isEmpty();
  }

  @Test
  void theNewerVersionIsKeptWhateverComesLast() {
    assertThat(store.write(List.of(level("u", 1000, 5, 1)))).isEqualTo(new WriteResult(1, 0));
    assertThat(store.write(List.of(level("u", 999, 9, 2)))).isEqualTo(new WriteResult(0, 1));
    assertThat(store.write(List.of(level("u", 1000, 4, 3)))).isEqualTo(new WriteResult(0, 1));
    assertThat(store.write(List.of(level("u", 1000, 5, 4)))).isEqualTo(new WriteResult(0, 1));
    assertThat(level("u")).as("an equal version keeps what is stored").isEqualTo(1);
    assertThat(store.write(List.of(level("u", 1000, 6, 5), level("v", 1, 1, 1))))
        .isEqualTo(new WriteResult(2, 0));
    assertThat(store.write(List.of(level("u", 1001, 0, 6)))).isEqualTo(new WriteResult(1, 0));
    assertThat(level("u")).isEqualTo(6);
    FeatureRow row = store.get(Entity.USER, "u").orElseThrow();
    assertThat(row.version()).isEqualTo(new FeatureVersion(1001, 0));
    assertThat(store.write(List.of(level("old", -5000, 1, 1), level("old", -6000, 2, 2))))
        .as("before 1970")
        .isEqualTo(new WriteResult(1, 1));
    assertThat(store.write(List.of(level("old", -4999, 0, 3)))).isEqualTo(new WriteResult(1, 0));
    assertThat(level("old")).isEqualTo(3);
    assertThat(store.get(Entity.USER, "old").orElseThrow().version())
        .isEqualTo(new FeatureVersion(-4999, 0));
  }

  @Test
  void theGroupsOfAnEntityHaveVersionsOfTheirOwn() {
    store.write(List.of(level("u", START, 1, 7)));
    FeatureWrite older = new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, event("click", 5)));
    assertThat(store.write(List.of(older))).isEqualTo(new WriteResult(1, 0));
    FeatureRow row = store.get(Entity.USER, "u").orElseThrow();
    assertThat(row.at(START).getLong("level")).hasValue(7);
    assertThat(row.at(START).getLong("clicks")).hasValue(1);
    assertThat(row.version()).isEqualTo(new FeatureVersion(START, 1));
  }

  @Test
  void aDeletedVersionIsForgotten() {
    store.write(List.of(level("u", 1000, 5, 1)));
    store.delete(Entity.USER, "u");
    assertThat(store.write(List.of(level("u", 999, 1, 2)))).isEqualTo(new WriteResult(1, 0));
    assertThat(level("u")).isEqualTo(2);
  }

  @Test
  void scanSeesEverythingOnceAndNothingOfOthers() {
    List<FeatureWrite> writes = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      writes.add(level("u" + i, i, 0, i));
      writes.add(new FeatureWrite(USER_LIVE, "u" + i, live(USER_LIVE, event("click", START + i))));
      writes.add(price("u" + i, i));
    }
    store.write(writes);
    Set<FeatureStoreSettings> others = new LinkedHashSet<>();
    others.add(settings(name + "2"));
    others.add(settings("2" + name));
    for (FeatureStoreSettings settings : others) {
      try (FeatureStore other = settings.open(CATALOG)) {
        other.write(List.of(level("of another", 1, 1, 1)));
      }
    }

    Map<String, FeatureRow> rows = scanned();

    assertThat(rows).hasSize(1200);
    for (int i = 0; i < 600; i++) {
      FeatureRow user = rows.get("user u" + i);
      assertThat(user.at(START).getLong("level")).hasValue(i);
      assertThat(user.version("live")).contains(new FeatureVersion(START + i, 1));
      assertThat(rows.get("item u" + i).at(START).getDouble("price")).hasValue(i);
    }
  }
}
