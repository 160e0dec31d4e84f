package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureValue.Status;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.feast.FeastField;
import dev.freshet.features.feast.FeastKey;
import dev.freshet.features.feast.FeastValue;
import feast.proto.types.ValueProto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeastFeatureStoreITCase extends StandaloneFeatureStoreContract {
  @Override
  FeatureStoreSettings settings(String of) {
    return new FeatureStoreSettings(redisSettings(), StoreLayout.FEAST, of);
  }

  @Override
  byte[] key(String group, Entity entity, String id) {
    return switch (entity) {
      case USER -> key(Map.of("user_id", id));
      case ITEM -> key(Map.of("item_id", id));
      case USER_ITEM -> key(Map.of("user_id", "u", "item_id", "i"));
      case GLOBAL -> key(Map.of("global_id", id));
    };
  }

  private byte[] key(Map<String, ?> joinKeys) {
    return FeastKey.of(name, joinKeys).toBytes();
  }

  /** What Feast's SDK reads of a view: its fields by HMGET, parsed with Feast's own classes. */
  private Map<String, Value> sdkReads(Map<String, ?> joinKeys, String view, String... features)
      throws InvalidProtocolBufferException {
    Map<String, Value> values = new HashMap<>();
    for (String feature : features) {
      byte[] stored = client.hmget(key(joinKeys), FeastField.feature(view, feature)).get(0);
      values.put(feature, stored == null ? null : Value.parseFrom(stored));
    }
    return values;
  }

  private Timestamp sdkReadsTime(Map<String, ?> joinKeys, String view)
      throws InvalidProtocolBufferException {
    return Timestamp.parseFrom(client.hget(key(joinKeys), FeastField.timestamp(view)));
  }

  @Test
  void feastReadsWhatTheStoreWrote() throws Exception {
    FeatureEvent click = event("click", START + 123);
    click.attributes = new String[] {"category=light", "category=red"};
    FeatureEvent view = event("view", START + 124);
    view.attributes = new String[] {"category=light"};
    store.write(
        List.of(
            new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, click, view)),
            level("u", START - 1, 1, 4),
            meetings(START)));
    Map<String, String> user = Map.of("user_id", "u");

    Map<String, Value> values =
        sdkReads(
            user,
            "user_live",
            "clicks",
            "buys",
            "mean_value",
            "last_item",
            "last_items",
            "likes",
            "likes_weights");

    assertThat(values.get("clicks").getInt64Val()).isEqualTo(1);
    assertThat(values.get("buys")).as("no value").isEqualTo(Value.getDefaultInstance());
    assertThat(values.get("mean_value").getDoubleVal()).as("the default").isEqualTo(0.5);
    assertThat(values.get("last_item").getStringVal()).isEqualTo("i4");
    assertThat(values.get("last_items").getStringListVal().getValList())
        .containsExactly("i4", "i3");
    assertThat(values.get("likes").getStringListVal().getValList()).containsExactly("light", "red");
    List<Double> weights = values.get("likes_weights").getDoubleListVal().getValList();
    assertThat(weights).hasSize(2);
    assertThat(weights.get(0)).isGreaterThan(weights.get(1));
    assertThat(sdkReadsTime(user, "user_live"))
        .isEqualTo(Timestamp.newBuilder().setSeconds(START / 1000).setNanos(124_000_000).build());
    Map<String, Value> batch =
        sdkReads(user, "user_batch", "level", "segment", "taste", "balance", "badges");
    assertThat(batch.get("level").getInt64Val()).isEqualTo(4);
    assertThat(batch.get("segment").getStringVal()).as("the default").isEqualTo("unknown");
    assertThat(batch.get("taste")).isEqualTo(Value.getDefaultInstance());
    assertThat(sdkReadsTime(user, "user_batch").getNanos()).isEqualTo(999_000_000);
    assertThat(
            sdkReads(Map.of("user_id", "u", "item_id", "i"), "user_item_live", "meetings")
                .get("meetings")
                .getInt64Val())
        .isEqualTo(1);
  }

  @Test
  void everyTypeThatIsGivenHasFeastsType() throws Exception {
    FeatureGroup batch = USER_BATCH;
    store.write(
        List.of(
            new FeatureWrite(
                batch,
                "u",
                new RowUpdater(batch)
                    .given(
                        new FeatureVersion(START, 1),
                        Map.of(
                            "taste",
                            new double[] {1, 2, 3},
                            "segment",
                            "é",
                            "badges",
                            List.of(),
                            "balance",
                            0.0)))));
    Map<String, Value> values =
        sdkReads(
            Map.of("user_id", "u"), "user_batch", "taste", "segment", "badges", "level", "balance");
    assertThat(values.get("taste").getDoubleListVal().getValList()).containsExactly(1.0, 2.0, 3.0);
    assertThat(values.get("segment").getStringVal()).isEqualTo("é");
    assertThat(values.get("badges").hasStringListVal()).as("empty, not missing").isTrue();
    assertThat(values.get("badges").getStringListVal().getValCount()).isZero();
    assertThat(values.get("balance").getValCase()).isEqualTo(Value.ValCase.DOUBLE_VAL);
    assertThat(values.get("level").getValCase()).isEqualTo(Value.ValCase.VAL_NOT_SET);
    FeatureRow.Values read = store.get(Entity.USER, "u").orElseThrow().at(START);
    assertThat(read.getTexts("badges")).contains(List.of());
    assertThat(read.getDouble("balance")).hasValue(0.0);
    assertThat(read.get("level").status()).isEqualTo(Status.EMPTY);
  }

  @Test
  void aHashLivesForTheLongestTtlOfAllItsGroups() {
    assertLives(views(START), views(START - 1), views(START + 1), Duration.ofHours(2));
    assertLives(meetings(START), meetings(START - 1), meetings(START + 1), Duration.ofMinutes(30));
  }

  @Test
  void aGroupWithoutTtlKeepsTheHashOfTheOthers() {
    FeatureCatalog mixed =
        FeatureCatalog.parse(
            "mixed.yaml",
            """
            features:
              - {name: views, entity: item, description: d, type: count, ttl: 1h}
              - {name: price, entity: item, description: d, type: given, source: store,
                 shape: number}
            """);
    try (FeatureStore ofMixed = settings(name).open(mixed)) {
      FeatureGroup live = mixed.computed(Entity.ITEM).orElseThrow();
      ofMixed.write(List.of(new FeatureWrite(live, "i", live(live, event("view", START)))));
      assertThat(client.pttl(key("live", Entity.ITEM, "i"))).isEqualTo(-1);
    }
  }

  @Test
  void valuesAreAsOfTheNewestEvent() {
    FeatureCatalog windows =
        FeatureCatalog.parse(
            "windows.yaml",
            """
            features:
              - {name: clicks_1h, entity: user, description: d, type: count, actions: [click],
                 window: 1h, tile: 5m}
              - {name: mortal, entity: user, description: d, type: count, actions: [click], ttl: 1h,
                 default: -1}
              - {name: likes, entity: user, description: d, type: affinity, of: item.category,
                 half-life: 1d}
            """);
    try (FeatureStore ofWindows = settings(name).open(windows)) {
      FeatureGroup group = windows.groups().get(0);
      FeatureEvent click = event("click", START);
      ofWindows.write(List.of(new FeatureWrite(group, "u", live(group, click))));
      FeatureRow row = ofWindows.get(Entity.USER, "u").orElseThrow();
      assertThat(row.at(START + 9 * HOUR).getLong("clicks_1h")).as("stands still").hasValue(1);
      assertThat(row.at(START + HOUR).get("mortal").status()).isEqualTo(Status.PRESENT);
      assertThat(row.at(START + HOUR + 1).get("mortal").status()).isEqualTo(Status.EXPIRED);
      assertThat(row.at(START).get("likes").status()).isEqualTo(Status.EMPTY);

      FeatureEvent later = event("view", START + 2 * HOUR);
      ofWindows.write(List.of(new FeatureWrite(group, "u", live(group, click, later))));
      FeatureRow.Values values = ofWindows.get(Entity.USER, "u").orElseThrow().at(later.time);
      assertThat(values.getLong("clicks_1h")).hasValue(0);
      assertThat(values.get("mortal").value()).as("expired: its default").isEqualTo(-1L);
    }
  }

  @Test
  void vectorsAreMadeWithTheStoresCatalog() {
    store.write(
        List.of(
            level("u", START, 1, 4),
            new FeatureWrite(USER_LIVE, "u", live(USER_LIVE, event("click", START)))));
    FeatureRow row = store.get(Entity.USER, "u").orElseThrow();
    assertThat(store.catalog().hash()).isNotEqualTo(CATALOG.hash());
    float[] vector = new float[2];
    new FeatureVectors(store.catalog(), Entity.USER, List.of("level", "clicks"))
        .read(row, START, vector, 0);
    assertThat(vector).containsExactly(4, 1);
    FeatureVectors ofOther = new FeatureVectors(CATALOG, Entity.USER, List.of("level", "clicks"));
    assertThatThrownBy(() -> ofOther.read(row, START, vector, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("make them with the catalog() of the store");
  }

  @Test
  void anEventTimeThatFeastCannotReadIsAnErrorThatNamesTheEntity() {
    assertThatThrownBy(() -> store.write(List.of(level("far", Long.MAX_VALUE, 1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user.batch of 'far'")
        .hasMessageContaining("years 1 to 9999");
    assertThat(scanned()).isEmpty();
  }

  @Test
  void featuresThatShareAFieldAreRefused() {
    FeatureCatalog clash =
        FeatureCatalog.parse(
            "clash.yaml",
            """
            features:
              - {name: f25915, entity: user, description: d, type: count}
              - {name: f54254, entity: user, description: d, type: given, source: store,
                 shape: text}
            """);
    assertThat(FeastField.feature("user_live", "f25915"))
        .isEqualTo(FeastField.feature("user_batch", "f54254"));
    assertThatThrownBy(() -> settings(name).open(clash))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'user_live:f25915' and 'user_batch:f54254'");
    FeatureCatalog weights =
        FeatureCatalog.parse(
            "clash.yaml",
            """
            features:
              - {name: x, entity: user, description: d, type: affinity, of: item, half-life: 1d}
              - {name: x_weights, entity: user, description: d, type: count}
            """);
    assertThatThrownBy(() -> settings(name).open(weights))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user_live:x_weights");
  }

  @Test
  void damagedValuesAreErrorsThatNameThem() {
    byte[] key = key("live", Entity.USER, "7");
    Map<String, List<byte[]>> wrong = new HashMap<>();
    wrong.put("clicks", List.of(new byte[] {1, 2, 3}, FeastValue.encode("text")));
    wrong.put("mean_value", List.of(FeastValue.encode(Double.NaN), FeastValue.encode(true)));
    wrong.put("last_items", List.of(FeastValue.encode(new double[] {1})));
    wrong.put("likes", List.of(FeastValue.encode(1L), FeastValue.encode(List.of("a", "b"))));
    wrong.put(
        "likes_weights",
        List.of(FeastValue.encode(List.of("a")), FeastValue.encode(new double[2]), new byte[0]));
    for (Map.Entry<String, List<byte[]>> field : wrong.entrySet()) {
      for (byte[] value : field.getValue()) {
        store.delete(Entity.USER, "7");
        FeatureEvent click = event("click", START);
        click.attributes = new String[] {"category=light"};
        store.write(List.of(new FeatureWrite(USER_LIVE, "7", live(USER_LIVE, click))));
        assertThat(store.get(Entity.USER, "7")).isPresent();
        client.hset(key, FeastField.feature("user_live", field.getKey()), value);
        assertThatThrownBy(() -> store.get(Entity.USER, "7"))
            .as(field.getKey())
            .isInstanceOf(FeatureLayoutException.class)
            .hasMessageContaining("user.live of '7'")
            .hasMessageContaining("'" + field.getKey().replace("_weights", ""));
      }
    }
    store.delete(Entity.USER, "7");
    store.write(List.of(new FeatureWrite(USER_LIVE, "7", live(USER_LIVE, event("click", START)))));
    for (byte[] version : List.of(new byte[3], new byte[0], new byte[17], negativeSequence())) {
      client.hset(key, FeastField.version("user_live"), version);
      assertThatThrownBy(() -> store.get(Entity.USER, "7"))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessageContaining("the version of user.live of '7'");
    }
  }

  private static byte[] negativeSequence() {
    byte[] version = new byte[16];
    version[8] = (byte) 0x80;
    return version;
  }

  @Test
  void whatFeastWroteItselfIsPassedOver() {
    List<byte[]> others = new ArrayList<>();
    others.add(key(Map.of("user_id", "of feast")));
    others.add(key(Map.of("user_id", "")));
    others.add(key(Map.of("user_id", 7L)));
    others.add(key(Map.of("user_id", "u", "shop", "s")));
    others.add(key(Map.of("global_id", "some")));
    for (byte[] key : others) {
      client.hset(key, FeastField.feature("user_live", "clicks"), FeastValue.encode(1L));
    }
    assertThat(scanned()).isEmpty();
    assertThat(store.get(Entity.USER, "of feast")).isEmpty();
    assertThat(store.delete(Entity.USER, "of feast")).as("the whole hash").isTrue();
  }

  @Test
  void aKeyOfAnotherKindCannotBeReadEither() {
    client.set(key("batch", Entity.USER, "8"), new byte[] {1});
    assertThatThrownBy(() -> store.get(Entity.USER, "8"))
        .isInstanceOf(FeatureStoreException.class)
        .hasMessageContaining("WRONGTYPE");
  }
}
