package dev.freshet.client.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.client.feature.FeatureConsistency.Example;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.RowUpdater;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FeatureComparisonTest {

  private static final long HOUR = 3_600_000;
  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: actions, entity: user, type: count, description: Actions}
            - {name: clicks, entity: user, type: count, actions: [click], ttl: 1h, description: Clicks}
            - {name: bias, entity: user, type: given, source: store, shape: number, description: Bias}
          """);

  private final FeatureComparison comparison =
      new FeatureComparison(CATALOG, OptionalLong.of(HOUR));

  @Test
  void equalRowsAreEqual() {
    compare("ada", row("view", "click"), row("view", "click"));
    compare("bob", row("view"), row("view"));

    assertThat(found("actions")).isEqualTo(consistent("actions", 2));
    assertThat(found("clicks")).isEqualTo(consistent("clicks", 1));
    assertThat(found("actions").isConsistent()).isTrue();
  }

  @Test
  void anotherNumberIsDifferentByHowMuch() {
    compare("ada", row("view", "view", "view", "view"), row("view"));
    compare("bob", row("view"), row("view", "view"));

    FeatureConsistency actions = found("actions");
    assertThat(actions.differing()).isEqualTo(2);
    assertThat(actions.isConsistent()).isFalse();
    assertThat(actions.largestAbsolute()).isEqualTo(3);
    assertThat(actions.largestRelative()).isCloseTo(0.75, within(1e-9));
    assertThat(actions.examples())
        .containsExactly(new Example("ada", 4L, 1L), new Example("bob", 1L, 2L));
  }

  @Test
  void whatTheStoreLacksIsMissing() {
    compare("ada", row("view"), Optional.empty());
    compare("bob", row("view", "click"), row("view", "view"));

    assertThat(found("actions").missing()).isEqualTo(1);
    assertThat(found("actions").equal()).isEqualTo(1);
    assertThat(found("clicks").missing()).isEqualTo(1);
    assertThat(found("clicks").examples()).containsExactly(new Example("bob", 1L, null));
  }

  @Test
  void whatOnlyTheStoreHasIsExtra() {
    compare("ada", Optional.empty(), row("click"));

    assertThat(found("actions").extra()).isEqualTo(1);
    assertThat(found("actions").isConsistent()).isFalse();
    assertThat(found("clicks").examples()).containsExactly(new Example("ada", null, 1L));
  }

  @Test
  void atMostThreeExamplesAreKept() {
    for (int i = 0; i < 10; i++) {
      compare("user" + i, row("view"), Optional.empty());
    }

    assertThat(found("actions").missing()).isEqualTo(10);
    assertThat(found("actions").examples()).hasSize(3);
  }

  @Test
  void whatHasExpiredOnBothSidesDoesNotCount() {
    FeatureComparison later = new FeatureComparison(CATALOG, OptionalLong.of(3 * HOUR));
    later.compare(Entity.USER, "ada", row("click"), Optional.empty());
    later.compare(Entity.USER, "bob", row("click"), row("click"));

    assertThat(later.features().get(1)).isEqualTo(consistent("clicks", 0));
    assertThat(later.features().get(0).missing()).isEqualTo(1);
  }

  @Test
  void whatOthersWriteIsNotCompared() {
    byte[] given =
        new RowUpdater(CATALOG.group(Entity.USER, "batch").orElseThrow())
            .given(new FeatureVersion(1, 1), Map.of("bias", 0.5));
    compare(
        "ada",
        Optional.empty(),
        Optional.of(new FeatureRow(CATALOG, Entity.USER, "ada", Map.of("batch", given))));

    assertThat(comparison.features())
        .extracting(FeatureConsistency::feature)
        .containsExactly("actions", "clicks");
    assertThat(comparison.features()).allMatch(FeatureConsistency::isConsistent);
  }

  @Test
  void valuesOfEveryKindAreEqualToThemselvesOnly() {
    List<Object> values =
        List.of(
            1L,
            2L,
            0.1,
            0.2,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            "a",
            "b",
            List.of("a", "b"),
            List.of("b", "a"),
            Map.of("a", 0.5),
            Map.of("a", 0.25));
    for (Object one : values) {
      for (Object other : values) {
        assertThat(FeatureComparison.isEqual(one, other))
            .as("%s and %s", one, other)
            .isEqualTo(one == other);
      }
    }
    assertThat(
            FeatureComparison.isEqual(new double[] {1, Double.NaN}, new double[] {1, Double.NaN}))
        .isTrue();
    assertThat(FeatureComparison.isEqual(new double[] {1, 2}, new double[] {1, 3})).isFalse();
    assertThat(FeatureComparison.isEqual(new double[] {1}, new double[] {1, 3})).isFalse();
    assertThat(FeatureComparison.isEqual(0.0, -0.0)).isTrue();
    assertThat(FeatureComparison.isEqual(new double[] {0.0}, new double[] {-0.0})).isTrue();
  }

  @Test
  void theDistanceIsThatOfTheFarthestNumbers() {
    assertDistance(10L, 8L, 2, 0.2);
    assertDistance(-0.5, 0.5, 1, 2);
    assertDistance(new double[] {1, 4, 0}, new double[] {1, 2, 1}, 2, 1);
    assertDistance(Map.of("a", 0.5, "b", 1.0), Map.of("b", 0.75), 0.5, 1);
    assertDistance("a", "b", 0, 0);
    assertDistance(1.0, Double.NaN, 0, 0);
    assertDistance(
        1.0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  private static void assertDistance(Object one, Object other, double absolute, double relative) {
    FeatureComparison.Counts counts = new FeatureComparison.Counts();
    FeatureComparison.compare(counts, "id", one, other);
    assertThat(counts.differing()).isEqualTo(1);
    assertThat(counts.largestAbsolute()).isEqualTo(absolute);
    assertThat(counts.largestRelative()).isEqualTo(relative);
  }

  @Test
  void theReportSaysWhatWasFoundAsJson() {
    compare("ada", row("view", "click"), row("view"));
    ConsistencyReport report =
        new ConsistencyReport(CATALOG, "a test", HOUR, 2, 0, 1, 3, 1, 4, comparison.features());

    assertThat(report.isConsistent()).isFalse();
    assertThat(report.equal()).isZero();
    assertThat(report.unequal()).isEqualTo(2);
    assertThat(report.toJson())
        .startsWith("{\n  \"consistent\" : false,\n  \"record\" : \"a test\"")
        .contains("\"as_of\" : \"1970-01-01T01:00:00Z\"")
        .contains(
            "\"duplicates\" : 1,\n  \"refused\" : 3,\n  \"entities\" : 1,\n  \"newer_entities\" : 4")
        .contains("\"id\" : \"ada\",\n      \"recomputed\" : 2,\n      \"stored\" : 1")
        .contains("\"id\" : \"ada\",\n      \"recomputed\" : 1,\n      \"stored\" : null");
  }

  private void compare(String id, Optional<FeatureRow> recomputed, Optional<FeatureRow> stored) {
    comparison.compare(Entity.USER, id, recomputed, stored);
  }

  private FeatureConsistency found(String feature) {
    return comparison.features().stream()
        .filter(found -> found.feature().equals(feature))
        .findFirst()
        .orElseThrow();
  }

  private static FeatureConsistency consistent(String feature, long equal) {
    return new FeatureConsistency(Entity.USER, feature, equal, 0, 0, 0, 0, 0, List.of());
  }

  private static Optional<FeatureRow> row(String... actions) {
    List<FeatureEvent> events = new ArrayList<>();
    for (String action : actions) {
      FeatureEvent event = new FeatureEvent();
      event.eventId = "e" + events.size();
      event.time = events.size();
      event.user = "ada";
      event.action = action;
      events.add(event);
    }
    byte[] packed = new RowUpdater(CATALOG.computed(Entity.USER).orElseThrow()).add(null, events);
    Map<String, byte[]> groups = new LinkedHashMap<>();
    groups.put("live", packed);
    return Optional.of(new FeatureRow(CATALOG, Entity.USER, "ada", groups));
  }
}
