package dev.freshet.replay.judge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.evaluation.Estimate;
import java.util.List;

/** The part {@code evaluation} of {@code summary.json}. */
public final class EvaluationJson {
  private EvaluationJson() {}

  public static void put(ObjectNode json, ReplayEvaluation evaluation) {
    json.put("confidence", Estimate.CONFIDENCE);
    put(json.putObject("last_fifth"), evaluation.lastFifth());
    ObjectNode placements = json.putObject("placements");
    for (PlacementQuality placement : evaluation.placements()) {
      put(placements.putObject(placement.placement()), placement);
    }
  }

  private static void put(ObjectNode json, PlacementQuality placement) {
    json.put("actions", placement.actions());
    json.put("warmup_actions", placement.warmupActions());
    put(json, placement.overall());
    PlacementQuality.Lists lists = placement.lists();
    json.put("lists", lists.number());
    json.put("items_known", lists.itemsKnown());
    json.put("items_shown", lists.itemsShown());
    number(json, "coverage@10", lists.coverage());
    number(json, "gini@10", lists.gini());
    put(json.putObject("novelty_bits@10"), lists.novelty());
    put(json.putArray("variants"), "variant", placement.variants());
    put(json.putArray("models"), "model", placement.versions());
    placement.otherVersions().ifPresent(other -> put(json.putObject("other_models"), other));
    ArrayNode sources = json.putArray("sources");
    for (PlacementQuality.Source source : placement.sources()) {
      ObjectNode node = sources.addObject();
      node.put("source", source.name());
      node.put("hits@5", source.hits5());
      node.put("hits@10", source.hits10());
      node.put("hits@20", source.hits20());
      put(node.putObject("share_of_hits@10"), source.shareOfHits());
      node.put("places@10", source.places());
      number(node, "share_of_places@10", source.shareOfPlaces());
    }
  }

  private static void put(ArrayNode json, String key, List<PlacementQuality.Group> groups) {
    for (PlacementQuality.Group group : groups) {
      put(json.addObject().put(key, group.name()), group);
    }
  }

  private static void put(ObjectNode json, PlacementQuality.Group group) {
    put(json, group.quality());
    put(json.putObject("novelty_bits@10"), group.novelty());
  }

  private static void put(ObjectNode json, Quality quality) {
    json.put("tests", quality.tests());
    json.put("users", quality.users());
    ObjectNode metrics = json.putObject("metrics");
    quality.metrics().forEach((metric, estimate) -> put(metrics.putObject(metric.key()), estimate));
  }

  private static void put(ObjectNode json, Estimate estimate) {
    number(json, "value", estimate.value());
    number(json, "low", estimate.low());
    number(json, "high", estimate.high());
  }

  /** JSON has no NaN. */
  private static void number(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }
}
