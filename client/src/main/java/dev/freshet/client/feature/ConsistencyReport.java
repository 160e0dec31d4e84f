package dev.freshet.client.feature;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.features.FeatureCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Whether the feature store holds what the events should have led to, for people and scripts:
 * {@code features-check.json}.
 *
 * @param catalog the features, of which the computed ones were compared
 * @param record what the events are from, for a person
 * @param asOf epoch milliseconds as of which values were compared
 * @param actions actions that count
 * @param itemUpdates item updates that count
 * @param duplicates actions that don't count, as their id had been there
 * @param refused records that don't count, as the job refuses them
 * @param entities entities that were compared
 * @param newer entities that were not compared, as the store has a newer event of theirs that came
 *     after the record was read
 * @param features what was found of each feature
 */
public record ConsistencyReport(
    FeatureCatalog catalog,
    String record,
    long asOf,
    long actions,
    long itemUpdates,
    long duplicates,
    long refused,
    long entities,
    long newer,
    List<FeatureConsistency> features) {

  public ConsistencyReport {
    features = List.copyOf(features);
  }

  /** Whether nothing differs, is missing or is too much. */
  public boolean isConsistent() {
    return features.stream().allMatch(FeatureConsistency::isConsistent);
  }

  /** Values that are the same. */
  public long equal() {
    return features.stream().mapToLong(FeatureConsistency::equal).sum();
  }

  /** Values that differ, are missing in the store, or are only there. */
  public long unequal() {
    return features.stream()
        .mapToLong(feature -> feature.differing() + feature.missing() + feature.extra())
        .sum();
  }

  /** The JSON text: keys always in the same order. */
  public String toJson() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("consistent", isConsistent());
    json.put("record", record);
    json.put("catalog", catalog.source());
    json.put("catalog_hash", catalog.hash());
    json.put("as_of", Instant.ofEpochMilli(asOf).toString());
    json.put("actions", actions);
    json.put("item_updates", itemUpdates);
    json.put("duplicates", duplicates);
    json.put("refused", refused);
    json.put("entities", entities);
    json.put("newer_entities", newer);
    var list = json.putArray("features");
    for (FeatureConsistency feature : features) {
      ObjectNode found = list.addObject();
      found.put("entity", feature.entity().key());
      found.put("feature", feature.feature());
      found.put("equal", feature.equal());
      found.put("differing", feature.differing());
      found.put("missing", feature.missing());
      found.put("extra", feature.extra());
      found.put("largest_absolute", feature.largestAbsolute());
      found.put("largest_relative", feature.largestRelative());
      var examples = found.putArray("examples");
      for (FeatureConsistency.Example example : feature.examples()) {
        ObjectNode node = examples.addObject();
        node.put("id", example.id());
        node.set("recomputed", mapper.valueToTree(example.recomputed()));
        node.set("stored", mapper.valueToTree(example.stored()));
      }
    }
    return json.toPrettyString() + "\n";
  }

  /** Writes the JSON text. */
  public void write(Path file) throws IOException {
    Files.write(file, toJson().getBytes(StandardCharsets.UTF_8));
  }
}
