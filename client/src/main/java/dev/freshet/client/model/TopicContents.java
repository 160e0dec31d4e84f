package dev.freshet.client.model;

import dev.freshet.model.ServingPlan;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRelease;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the topic {@code models} says at a time.
 *
 * @param models every model that was published and not deleted, by name and version
 * @param plans the newest plan of each name that can be followed
 * @param unusable records that cannot be used, in words
 */
public record TopicContents(
    Map<String, Map<String, Published>> models,
    Map<String, StoredPlan> plans,
    List<String> unusable) {

  /**
   * A model, without the bytes of its file.
   *
   * @param release {@code onnx} is empty
   * @param bytes length of the ONNX file
   */
  public record Published(ModelRelease release, int bytes) {}

  /**
   * A plan.
   *
   * @param offset of its record
   * @param offsets of all records of this plan that are still there
   */
  public record StoredPlan(ModelPlan plan, long offset, List<Long> offsets) {}

  public TopicContents {
    models = Map.copyOf(models);
    plans = Map.copyOf(plans);
    unusable = List.copyOf(unusable);
  }

  /** Names that have a model or a plan, sorted. */
  public List<String> names() {
    Set<String> names = new TreeSet<>(models.keySet());
    names.addAll(plans.keySet());
    return List.copyOf(names);
  }

  /** The versions of a name, those first that were published first. */
  public List<Published> published(String model) {
    return models.getOrDefault(model, Map.of()).values().stream()
        .sorted(
            Comparator.comparing((Published one) -> one.release().getPublishedTime())
                .thenComparing(one -> one.release().getVersion()))
        .toList();
  }

  /** A version, if it was published. */
  public Optional<Published> published(String model, String version) {
    return Optional.ofNullable(models.getOrDefault(model, Map.of()).get(version));
  }

  /** The plan of a name; an empty one if there is none. */
  public ServingPlan plan(String model) {
    return Optional.ofNullable(plans.get(model))
        .map(stored -> ModelPlans.servingPlan(stored.plan()))
        .orElseGet(() -> ServingPlan.empty(model));
  }

  /**
   * Makes sure that a version was published.
   *
   * @throws ModelControlException if not, with those that were
   */
  public Published require(String model, String version) {
    requireModel(model);
    return published(model, version)
        .orElseThrow(
            () ->
                new ModelControlException(
                    "There is no version %s of model %s; published are %s. './freshet models publish FILE' adds one."
                        .formatted(
                            version,
                            model,
                            published(model).stream()
                                .map(one -> one.release().getVersion())
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * Makes sure that a name has a model.
   *
   * @throws ModelControlException if not, with the names that have one
   */
  public void requireModel(String model) {
    if (models.containsKey(model)) {
      return;
    }
    throw new ModelControlException(
        models.isEmpty()
            ? "No model has been published yet. './freshet models publish FILE' does it."
            : "There is no model %s; there are %s. --model says which is meant."
                .formatted(model, String.join(", ", new TreeSet<>(models.keySet()))));
  }
}
