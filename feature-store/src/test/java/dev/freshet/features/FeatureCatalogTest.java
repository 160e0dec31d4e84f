package dev.freshet.features;

import static dev.freshet.features.FeatureType.DOUBLE;
import static dev.freshet.features.FeatureType.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureCatalogTest {
  private static final FeatureDefinition COUNT =
      new FeatureDefinition("action_count", "user", LONG, "Actions so far, a count");
  private static final FeatureDefinition RATE =
      new FeatureDefinition("click_rate", "user", DOUBLE, "Clicks per view, 0 to 1");
  private static final FeatureDefinition ITEM_COUNT =
      new FeatureDefinition("action_count", "item", LONG, "Actions so far, a count");

  @Test
  void groupsByEntityInOrder() {
    FeatureCatalog catalog = new FeatureCatalog(List.of(COUNT, ITEM_COUNT, RATE));
    assertThat(catalog.entities()).containsExactly("user", "item");
    assertThat(catalog.features("user")).containsExactly(COUNT, RATE);
    assertThat(catalog.features("item")).containsExactly(ITEM_COUNT);
    assertThat(catalog.index("user", "click_rate")).isEqualTo(1);
  }

  @Test
  void reportsEveryErrorAtOnce() {
    assertThatThrownBy(
            () ->
                new FeatureCatalog(
                    List.of(
                        COUNT,
                        COUNT,
                        ITEM_COUNT,
                        new FeatureDefinition("Click Rate", "us:er", DOUBLE, " "))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("feature 2 (user.action_count): the name is taken")
        .hasMessageContaining("feature 4 (us:er.Click Rate): the name must match")
        .hasMessageContaining("feature 4 (us:er.Click Rate): the entity must match")
        .hasMessageContaining("feature 4 (us:er.Click Rate): the description is missing")
        .hasMessageNotContaining("feature 3");
    assertThatThrownBy(() -> new FeatureCatalog(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    FeatureCatalog catalog = new FeatureCatalog(List.of(COUNT, RATE));
    assertThatThrownBy(() -> catalog.features("usr"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("usr")
        .hasMessageContaining("[user]");
    assertThatThrownBy(() -> catalog.index("user", "click"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[action_count, click_rate]");
  }

  @Test
  void theHashCoversWhatDecidesTheLayoutAndNothingElse() {
    String hash = new FeatureCatalog(List.of(COUNT, ITEM_COUNT, RATE)).hash();
    // Pinned: stored values carry it.
    assertThat(hash).isEqualTo("dde2233fe76ca555f87944ebaef6f04191999fa16edab509e3a7dd6c5d3ae5d6");

    FeatureDefinition reworded =
        new FeatureDefinition("action_count", "user", LONG, "How many actions, a count");
    assertThat(new FeatureCatalog(List.of(reworded, ITEM_COUNT, RATE)).hash()).isEqualTo(hash);
    assertThat(new FeatureCatalog(List.of(ITEM_COUNT, COUNT, RATE)).hash()).isEqualTo(hash);

    FeatureDefinition retyped = new FeatureDefinition("action_count", "user", DOUBLE, "x");
    FeatureDefinition renamed = new FeatureDefinition("action_counts", "user", LONG, "x");
    FeatureDefinition moved = new FeatureDefinition("click_rate", "item", DOUBLE, "x");
    assertThat(
            List.of(
                new FeatureCatalog(List.of(retyped, ITEM_COUNT, RATE)).hash(),
                new FeatureCatalog(List.of(renamed, ITEM_COUNT, RATE)).hash(),
                new FeatureCatalog(List.of(COUNT, ITEM_COUNT, moved)).hash(),
                new FeatureCatalog(List.of(RATE, ITEM_COUNT, COUNT)).hash(),
                new FeatureCatalog(List.of(COUNT, RATE)).hash(),
                hash))
        .doesNotHaveDuplicates();
  }
}
