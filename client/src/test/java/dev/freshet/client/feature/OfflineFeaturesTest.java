package dev.freshet.client.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.FeatureVersion;
import dev.freshet.protocol.event.ItemEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OfflineFeaturesTest {

  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: actions, entity: user, type: count, description: Actions}
            - {name: clicks, entity: user, type: count, actions: [click], description: Clicks}
            - {name: recent, entity: user, type: count, ttl: 1h, description: Forgets after an hour}
            - {name: on_item, entity: item, type: count, description: Actions on the item}
            - {name: twice, entity: user_item, type: count, description: The user on the item}
            - {name: all_10m, entity: global, type: count, window: 10m, tile: 1m, description: All}
            - {name: given, entity: user, type: given, source: store, shape: number, description: G}
          """);

  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final Duration DEDUP = Duration.ofHours(24);

  @Test
  void everyEntityHasWhatConcernsIt() {
    OfflineFeatures features =
        of(
            action("1", 1 * MINUTE, "ada", "lamp", "view"),
            action("2", 2 * MINUTE, "ada", "lamp", "click"),
            action("3", 3 * MINUTE, "ada", null, "click"),
            action("4", 4 * MINUTE, "bob", "desk", "view"));

    assertThat(values(features, Entity.USER, "ada", 4 * MINUTE))
        .isEqualTo(Map.of("actions", 3L, "clicks", 2L, "recent", 3L));
    assertThat(values(features, Entity.USER, "bob", 4 * MINUTE))
        .isEqualTo(Map.of("actions", 1L, "recent", 1L));
    assertThat(values(features, Entity.ITEM, "lamp", 4 * MINUTE)).isEqualTo(Map.of("on_item", 2L));
    assertThat(values(features, Entity.USER_ITEM, "ada/lamp", 4 * MINUTE))
        .isEqualTo(Map.of("twice", 2L));
    assertThat(values(features, Entity.GLOBAL, "all", 4 * MINUTE)).isEqualTo(Map.of("all_10m", 4L));
    assertThat(values(features, Entity.GLOBAL, "all", 11 * MINUTE))
        .isEqualTo(Map.of("all_10m", 3L));
    assertThat(features.row(Entity.ITEM, "chair")).isEmpty();
    assertThat(features.size()).isEqualTo(2 + 2 + 2 + 1);
    assertThat(features.newestEventTime()).hasValue(4 * MINUTE);
  }

  @Test
  void theVersionIsThatOfTheNewestEventAndCountsThem() {
    OfflineFeatures features =
        of(action("1", 1, "ada", null, "view"), action("2", 7, "ada", null, "view"));

    assertThat(features.row(Entity.USER, "ada").orElseThrow().version())
        .isEqualTo(new FeatureVersion(7, 2));
  }

  @Test
  void arrivalInAnotherOrderMakesNoDifference() {
    List<FeatureEvent> actions = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      actions.add(
          action(
              "e" + i,
              i / 3 * MINUTE,
              "user" + i % 5,
              "item" + i % 7,
              i % 2 == 0 ? "view" : "click"));
    }
    OfflineFeatures inOrder = of(actions.toArray(FeatureEvent[]::new));
    Collections.shuffle(actions, new Random(1));
    OfflineFeatures shuffled = of(actions.toArray(FeatureEvent[]::new));

    for (Entity entity : CATALOG.entities()) {
      for (String id : inOrder.ids(entity)) {
        assertThat(packed(shuffled, entity, id)).isEqualTo(packed(inOrder, entity, id));
      }
    }
    assertThat(shuffled.size()).isEqualTo(inOrder.size());
  }

  @Test
  void anIdCountsOnceForAUserUntilItsWindowHasPassed() {
    OfflineFeatures features =
        of(
            action("1", 0, "ada", null, "view"),
            action("1", 5, "ada", null, "view"),
            action("1", 6, "bob", null, "view"),
            action("2", 25 * HOUR, "ada", null, "view"),
            action("1", 26 * HOUR, "ada", null, "view"));

    assertThat(features.duplicates()).isEqualTo(1);
    assertThat(features.actions()).isEqualTo(4);
    assertThat(features.row(Entity.USER, "ada").orElseThrow().at(26 * HOUR).getLong("actions"))
        .hasValue(3);
    assertThat(features.row(Entity.USER, "bob").orElseThrow().at(26 * HOUR).getLong("actions"))
        .hasValue(1);
  }

  @Test
  void afterItsTtlAFeatureStartsAnew() {
    OfflineFeatures features =
        of(
            action("1", 0, "ada", null, "view"),
            action("2", HOUR, "ada", null, "view"),
            action("3", 2 * HOUR + 1, "ada", null, "view"));

    FeatureRow row = features.row(Entity.USER, "ada").orElseThrow();
    assertThat(row.at(2 * HOUR + 1).getLong("recent")).hasValue(1);
    assertThat(row.at(2 * HOUR + 1).getLong("actions")).hasValue(3);
    assertThat(row.at(4 * HOUR).get("recent").status()).isEqualTo(FeatureValue.Status.EXPIRED);
  }

  @Test
  void aRowOfWhichNothingCanBeSaidIsForgottenAsTheJobDoes() {
    FeatureCatalog windows =
        FeatureCatalog.parse(
            "test.yaml",
            """
            features:
              - {name: views, entity: user, type: count, window: 1h, actions: [view], description: V}
              - {name: clicks, entity: user, type: count, window: 1h, actions: [click], description: C}
            """);
    OfflineFeatures features = new OfflineFeatures(windows, DEDUP, Duration.ZERO);
    features.add(action("1", 0, "ada", null, "click"));
    features.add(action("2", 10 * HOUR, "ada", null, "view"));
    features.compute(done -> {});

    FeatureRow row = features.row(Entity.USER, "ada").orElseThrow();
    assertThat(row.version()).isEqualTo(new FeatureVersion(10 * HOUR, 1));
    assertThat(row.at(10 * HOUR).get("clicks").status()).isEqualTo(FeatureValue.Status.EMPTY);
  }

  @Test
  void actionsHaveTheAttributesThatTheCatalogToldBefore() {
    FeatureEvent before = action("1", 1, "ada", "lamp", "view");
    FeatureEvent same = action("a", 2, "ada", "lamp", "view");
    FeatureEvent after = action("3", 3, "ada", "lamp", "view");
    OfflineFeatures features = new OfflineFeatures(CATALOG, DEDUP, Duration.ZERO);
    features.add(after);
    features.add(before);
    features.add(same);
    features.add(item("z", 2, "lamp", true, "color=red"));
    features.add(item("y", 1_000, "lamp", false, "color=blue"));
    features.compute(done -> {});

    // At one time the catalog comes first, whatever the ids.
    assertThat(
            features.joined().stream()
                .map(event -> event.eventId + Arrays.toString(event.attributes) + event.deleted))
        .containsExactly(
            "1[]false",
            "z[color=red]true",
            "a[color=red]true",
            "3[color=red]true",
            "y[color=blue]false");
    assertThat(features.itemUpdates()).isEqualTo(2);
  }

  @Test
  void nothingCanBeAddedAfterwards() {
    OfflineFeatures features = of();

    assertThatThrownBy(() -> features.add(action("1", 1, "ada", null, "view")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(features.newestEventTime()).isEmpty();
    assertThat(features.size()).isZero();
  }

  private static OfflineFeatures of(FeatureEvent... actions) {
    OfflineFeatures features = new OfflineFeatures(CATALOG, DEDUP, Duration.ZERO);
    for (FeatureEvent action : actions) {
      features.add(action);
    }
    features.compute(done -> {});
    return features;
  }

  private static Map<String, Object> values(
      OfflineFeatures features, Entity entity, String id, long time) {
    return features.row(entity, id).orElseThrow().at(time).present();
  }

  private static byte[] packed(OfflineFeatures features, Entity entity, String id) {
    return features.row(entity, id).orElseThrow().packed("live").orElseThrow();
  }

  private static FeatureEvent action(String id, long time, String user, String item, String type) {
    FeatureEvent action = new FeatureEvent();
    action.eventId = id;
    action.time = time;
    action.user = user;
    action.item = item;
    action.action = type;
    return action;
  }

  private static ItemEvent item(
      String id, long time, String item, boolean deleted, String... attributes) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = id;
    event.time = time;
    event.item = item;
    event.deleted = deleted;
    event.attributes = attributes;
    return ItemEvent.ofUpdate(event);
  }
}
