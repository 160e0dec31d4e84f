package dev.freshet.client.model;

import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.client.model.TopicContents.StoredPlan;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ServingPlan;
import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelPlans;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What operators do with models, on the topic {@code models}. Everything is checked before it is
 * written, by the rules by which the job checks it again.
 */
public final class ModelControl {

  private final ModelTopic topic;
  private final ModelRules rules;
  private final Clock clock;

  /**
   * @param config where the topic is
   * @param catalog with what the job runs
   */
  public ModelControl(FreshetConfig config, FeatureCatalog catalog, Clock clock) {
    this.topic = new ModelTopic(config);
    this.rules = new ModelRules(RankingFeatures.names(StoreFeatures.of(catalog)));
    this.clock = clock;
  }

  /** What became of a publication. */
  public enum Publication {
    PUBLISHED,
    /** The same bytes were there under this version. */
    THERE_ALREADY
  }

  /**
   * A changed plan.
   *
   * @param contents the topic after it
   * @param contested whether another writer has written the plan since it was read, so that one of
   *     the two is lost
   */
  public record Change(TopicContents contents, boolean contested) {}

  /** The topic as it is now. */
  public TopicContents contents() {
    return topic.read();
  }

  /** Where the topic is, for messages. */
  public String place() {
    return topic.place();
  }

  /**
   * Checks a model as the job will.
   *
   * @throws ModelControlException if it would be refused, with the reason
   */
  public ModelBundle check(byte[] onnx) {
    try {
      return rules.check(onnx);
    } catch (ModelRefusedException e) {
      throw new ModelControlException("The model is refused: " + e.getMessage(), e);
    }
  }

  /**
   * Puts a checked model on the topic. It serves no lists before a plan says so.
   *
   * @throws ModelControlException if its version was published with other bytes
   */
  public Publication publish(ModelBundle model) {
    Optional<Published> old = contents().published(model.name(), model.version());
    if (old.isPresent()) {
      String sha256 = old.get().release().getSha256();
      if (sha256.equals(model.sha256())) {
        return Publication.THERE_ALREADY;
      }
      throw new ModelControlException(
          "Version %s of model %s was published before with other bytes (SHA-256 %s, this one %s). A version is for good: give this one another, as './freshet models train --version' does."
              .formatted(model.version(), model.name(), sha256, model.sha256()));
    }
    topic.write(
        new ModelRecord(
            ModelRelease.newBuilder()
                .setName(model.name())
                .setVersion(model.version())
                .setSha256(model.sha256())
                .setOnnx(ByteBuffer.wrap(model.onnx()))
                .setFeatureNames(model.featureNames())
                .setCatalogHash(model.catalogHash().orElse(null))
                .setLineage(model.lineage())
                .setPublishedTime(clock.instant())
                .build()));
    return Publication.PUBLISHED;
  }

  /**
   * Changes a plan: reads it, writes it anew, and checks for a concurrent write by another writer.
   *
   * @param change makes the new plan of what the topic has
   * @param reason who wants it and why; may be empty
   * @throws ModelControlException if the change isn't possible
   */
  public Change change(String model, String reason, Function<TopicContents, ServingPlan> change) {
    TopicContents before = contents();
    ServingPlan plan = change.apply(before);
    StoredPlan old = before.plans().get(model);
    requireServable(before, plan);
    ModelPlan record =
        ModelPlans.record(plan, old == null ? null : old.plan(), reason, clock.instant());
    long offset = topic.write(new ModelRecord(record));
    TopicContents after = contents();
    return new Change(after, contested(old, offset, after.plans().get(model)));
  }

  private static boolean contested(StoredPlan old, long written, StoredPlan now) {
    long read = old == null ? -1 : old.offset();
    return now == null
        || now.offsets().stream().anyMatch(offset -> offset > read && offset != written);
  }

  /**
   * What is new in a plan must be a model that the job takes: others write to the topic too, and a
   * model may have been published for another catalog.
   */
  private void requireServable(TopicContents before, ServingPlan plan) {
    Set<String> versions = new TreeSet<>(plan.versionsFrom(clock.millis()));
    versions.removeAll(before.plan(plan.model()).versionsFrom(clock.millis()));
    for (String version : versions) {
      byte[] onnx =
          topic
              .onnx(plan.model(), version)
              .orElseThrow(
                  () ->
                      new ModelControlException(
                          "Version %s of model %s is not on the topic any more."
                              .formatted(version, plan.model())));
      try {
        rules.check(onnx);
      } catch (ModelRefusedException e) {
        throw new ModelControlException(
            "The job refuses version %s of model %s: %s If the job's catalog is another one, --catalog and --config name it."
                .formatted(version, plan.model(), e.getMessage()),
            e);
      }
    }
  }

  /**
   * Deletes a version, so that it can't be activated any more.
   *
   * @throws ModelControlException if there is none, or it serves or shadows now or later
   */
  public void delete(String model, String version) {
    TopicContents contents = contents();
    contents.require(model, version);
    if (contents.plan(model).versionsFrom(clock.millis()).contains(version)) {
      throw new ModelControlException(
          "Version %s of model %s serves or shadows, now or by its plan: activate another first."
              .formatted(version, model));
    }
    topic.delete(ModelKeys.release(model, version));
  }
}
