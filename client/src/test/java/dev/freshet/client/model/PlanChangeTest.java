package dev.freshet.client.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.client.model.TopicContents.StoredPlan;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanChangeTest {

  private static final String SHOP = "shop";

  /** Versions 1 to 4 are published. */
  private static PlanChange at(long from, boolean replace, ServingPlan plan) {
    TrustedSchemas.register();
    Map<String, Published> versions = new HashMap<>();
    for (String version : List.of("1", "2", "3", "4")) {
      versions.put(
          version,
          new Published(
              new ModelRelease(
                  SHOP,
                  version,
                  "00",
                  ByteBuffer.allocate(0),
                  List.of("a"),
                  null,
                  Map.of(),
                  Instant.EPOCH),
              9));
    }
    Map<String, StoredPlan> plans =
        plan.steps().isEmpty()
            ? Map.of()
            : Map.of(
                SHOP,
                new StoredPlan(ModelPlans.record(plan, null, "", Instant.EPOCH), 7, List.of(7L)));
    return new PlanChange(
        new TopicContents(Map.of(SHOP, versions), plans, List.of()), SHOP, from, replace);
  }

  private static PlanChange at(long from, ServingPlan plan) {
    return at(from, false, plan);
  }

  private static final ServingPlan NONE = ServingPlan.empty(SHOP);
  private static final ServingPlan ONE = at(10, NONE).activate("1");

  @Test
  void activatingKeepsTheOtherShadows() {
    assertThat(ONE.steps()).containsExactly(Step.of(10, "1"));
    ServingPlan shadowed = at(30, at(20, ONE).shadow("2")).shadow("3");
    assertThat(shadowed.steps().get(2)).isEqualTo(Step.of(30, "1").withShadows(List.of("2", "3")));
    assertThat(at(40, shadowed).activate("2").steps().get(3))
        .isEqualTo(Step.of(40, "2").withShadows(List.of("3")));
    assertThat(at(40, shadowed).unshadow("3").steps().get(3))
        .isEqualTo(Step.of(40, "1").withShadows(List.of("2")));
  }

  @Test
  void aSplitLeavesTheRestToWhoServesAndPutsItLast() {
    Map<String, Integer> shares = new LinkedHashMap<>();
    shares.put("3", 1_000);
    shares.put("2", 500);
    ServingPlan split = at(20, at(15, ONE).shadow("2")).split(shares);
    assertThat(split.steps().get(2))
        .isEqualTo(
            new Step(
                20,
                List.of(
                    new Variant("3", "3", 1_000),
                    new Variant("2", "2", 500),
                    new Variant("1", "1", 8_500)),
                List.of()));
    ServingPlan more = at(30, split).split(Map.of("3", 5_000));
    assertThat(more.steps().get(3).variants())
        .containsExactly(new Variant("3", "3", 5_000), new Variant("1", "1", 5_000));
    // Whoever was served by 3 stays with it.
    for (int user = 0; user < 1_000; user++) {
      String name = "u" + user;
      if (split.variantOf(split.steps().get(2), name).version().equals("3")) {
        assertThat(more.variantOf(more.steps().get(3), name).version()).isEqualTo("3");
      }
    }
  }

  @Test
  void aWholeSplitNeedsNoVersionBeforeIt() {
    Map<String, Integer> shares = new LinkedHashMap<>();
    shares.put("1", 2_500);
    shares.put("2", 7_500);
    assertThat(at(10, NONE).split(shares).steps().get(0).variants()).hasSize(2);
    assertThatThrownBy(() -> at(10, NONE).split(Map.of("1", 2_500)))
        .hasMessageContaining("activate VERSION' comes first");
    assertThatThrownBy(() -> at(20, ONE).split(Map.of("1", 2_500)))
        .hasMessageContaining("Version 1 has the rest");
    shares.put("1", 2_501);
    assertThatThrownBy(() -> at(10, NONE).split(shares)).hasMessageContaining("more than 100%");
  }

  @Test
  void aRollbackBringsBackWhatServedAndDropsWhatIsPlanned() {
    ServingPlan plan = at(40, at(20, ONE).activate("2")).activate("3");
    assertThat(at(30, plan).rollback().steps())
        .containsExactly(Step.of(10, "1"), Step.of(20, "2"), Step.of(30, "1"));
    assertThatThrownBy(() -> at(20, ONE).rollback())
        .isInstanceOf(ModelControlException.class)
        .hasMessageContaining("activate VERSION");
    assertThatThrownBy(() -> at(20, NONE).rollback()).hasMessageContaining("comes first");
  }

  @Test
  void plannedStepsAreInTheWayUnlessTheyAreReplaced() {
    ServingPlan plan = at(40, at(20, ONE).activate("2")).activate("3");
    assertThatThrownBy(() -> at(20, plan).activate("4"))
        .isInstanceOf(ModelControlException.class)
        .hasMessageContainingAll("--replace", "1970-01-01T00:00:00.040Z");
    assertThat(at(20, true, plan).activate("4").steps())
        .containsExactly(Step.of(10, "1"), Step.of(20, "4"));
  }

  @Test
  void whatWasNeverPublishedOrChangesNothingIsRefused() {
    assertThatThrownBy(() -> at(20, ONE).activate("9"))
        .hasMessageContainingAll("no version 9", "1, 2, 3, 4");
    assertThatThrownBy(() -> at(20, ONE).shadow("9")).hasMessageContaining("no version 9");
    assertThatThrownBy(() -> at(20, ONE).split(Map.of("9", 1))).hasMessageContaining("version 9");
    assertThatThrownBy(() -> at(20, ONE).activate("1")).hasMessageContaining("says so already");
    assertThatThrownBy(() -> at(20, ONE).shadow("1")).hasMessageContaining("serves everyone");
    assertThatThrownBy(() -> at(20, ONE).unshadow("2")).hasMessageContaining("there is none");
    assertThatThrownBy(
            () ->
                new PlanChange(new TopicContents(Map.of(), Map.of(), List.of()), "x", 1, false)
                    .activate("1"))
        .hasMessageContaining("No model has been published yet");
    assertThatThrownBy(
            () ->
                new PlanChange(
                        new TopicContents(Map.of(SHOP, Map.of()), Map.of(), List.of()),
                        "x",
                        1,
                        false)
                    .activate("1"))
        .hasMessageContaining("There is no model x; there are shop");
  }
}
