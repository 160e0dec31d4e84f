package dev.freshet.jobs.rank;

import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelPool;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.ServingPlan;
import dev.freshet.schema.ModelRelease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of one subtask, and which of them scores a list: the plan's, as of the list's event
 * time. Models are loaded in the background as they are published. For one thread.
 *
 * <p>Live, no list waits for a model: while one of a step isn't loaded, the step before serves, and
 * {@link #notReady} counts. A replay waits instead, so that speed changes no answer.
 */
final class ServedModels implements AutoCloseable {

  /** The latest versions are loaded before a plan names them. */
  private static final int LOADED_UNPLANNED = 4;

  /** Steps before the one in force that late requests, and steps not ready, can fall back on. */
  private static final int KEPT_STEPS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

  /** What is known of the versions of one model. */
  private static final class Versions {
    private ServingPlan plan;
    private final Map<String, Version> byName = new HashMap<>();
  }

  /** A published version. */
  private static final class Version {
    private final ModelRelease release;

    /** Null when it is not loaded. */
    private CompletableFuture<ModelLease> loading;

    private Scoring scoring;
    private boolean failed;

    Version(ModelRelease release) {
      this.release = release;
    }

    void load(ModelPool pool, Set<String> knownFeatures) {
      if (loading == null) {
        byte[] onnx = new byte[release.getOnnx().remaining()];
        release.getOnnx().duplicate().get(onnx);
        loading = pool.load(onnx, knownFeatures);
      }
    }

    void unload() {
      if (scoring != null) {
        scoring.close();
        scoring = null;
      }
      if (loading != null) {
        // Also when it is still on its way.
        loading.thenAccept(ModelLease::close);
        loading = null;
      }
    }
  }

  private final ModelPool pool;
  private final List<String> featureNames;
  private final Set<String> knownFeatures;
  private final boolean patient;
  private final Scoring initial;
  private final Scoring none;
  private final Map<String, Versions> models = new HashMap<>();
  private final List<Scoring> shadows = new ArrayList<>();
  private String variant = "";
  private long notReady;

  /**
   * @param pool of the process; left open
   * @param featureNames of a row
   * @param initial scores for every model that has no plan yet; closed with this
   * @param none scores where a placement wants no model
   * @param patient whether to wait for models that are being loaded
   */
  ServedModels(
      ModelPool pool, List<String> featureNames, Scoring initial, Scoring none, boolean patient) {
    this.pool = pool;
    this.featureNames = featureNames;
    this.knownFeatures = Set.copyOf(featureNames);
    this.initial = initial;
    this.none = none;
    this.patient = patient;
  }

  /** Takes in a version; {@link #settle} begins to load it. */
  void publish(ModelRelease release) {
    Version before =
        versions(release.getName()).byName.put(release.getVersion(), new Version(release));
    if (before != null) {
      before.unload();
    }
  }

  /** Takes in the whole schedule of a model, in place of the one before. */
  void plan(ServingPlan plan) {
    versions(plan.model()).plan = plan;
  }

  private Versions versions(String model) {
    return models.computeIfAbsent(model, name -> new Versions());
  }

  /**
   * Chooses what scores a list; {@link #variant} and {@link #shadows} then hold for it too.
   *
   * @param model name of the model that the placement wants
   * @param time event time of the list
   */
  Scoring choose(String model, long time, String user) {
    variant = "";
    shadows.clear();
    if (model.equals(Placement.NO_MODEL)) {
      return none;
    }
    Versions versions = models.get(model);
    if (versions == null || versions.plan == null) {
      return initial;
    }
    List<ServingPlan.Step> steps = versions.plan.steps();
    int at = steps.size() - 1;
    while (at >= 0 && steps.get(at).from() > time) {
      at--;
    }
    for (int step = at; step >= 0; step--) {
      if (isReady(versions, steps.get(step))) {
        if (step < at) {
          notReady++;
        }
        ServingPlan.Variant chosen = versions.plan.variantOf(steps.get(step), user);
        variant = steps.get(step).variants().size() == 1 ? "" : chosen.name();
        addShadows(versions, steps.get(step));
        return scoring(versions, chosen.version());
      }
    }
    if (at >= 0) {
      notReady++;
    }
    return initial;
  }

  /** All or none: a step in which one version is missing would split the users otherwise. */
  private boolean isReady(Versions versions, ServingPlan.Step step) {
    for (ServingPlan.Variant each : step.variants()) {
      if (scoring(versions, each.version()) == null) {
        return false;
      }
    }
    return true;
  }

  private void addShadows(Versions versions, ServingPlan.Step step) {
    for (String each : step.shadows()) {
      Scoring shadow = scoring(versions, each);
      if (shadow != null) {
        shadows.add(shadow);
      }
    }
  }

  /** Null when it isn't there, was refused, or isn't loaded and nobody waits. */
  private Scoring scoring(Versions versions, String name) {
    Version version = versions.byName.get(name);
    if (version == null || version.failed) {
      return null;
    }
    if (version.scoring == null
        && version.loading != null
        && (patient || version.loading.isDone())) {
      try {
        ModelLease lease = version.loading.join();
        version.scoring = new ModelScoring(lease.bundle(), lease.newScorer(), featureNames);
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof ModelRejectedException)) {
          throw e;
        }
        version.failed = true;
        LOG.error("Model {} {} can't serve", version.release.getName(), name, e.getCause());
      }
    }
    return version.scoring;
  }

  /** Name of the variant that was chosen last; empty without a split. */
  String variant() {
    return variant;
  }

  /** What scores the last chosen list too, without being served. */
  List<Scoring> shadows() {
    return shadows;
  }

  /** Lists that were scored by an earlier step than their own, as a model was not loaded. */
  long notReady() {
    return notReady;
  }

  /** The version that serves a model's users as of a time, or several with their shares. */
  String serving(String model, long time) {
    Versions versions = models.get(model);
    if (versions == null || versions.plan == null) {
      return initial.version();
    }
    StringBuilder serving = new StringBuilder();
    versions
        .plan
        .stepAt(time)
        .ifPresent(
            step -> {
              for (ServingPlan.Variant each : step.variants()) {
                if (serving.length() > 0) {
                  serving.append(", ");
                }
                serving.append(each.version());
                if (step.variants().size() > 1) {
                  serving.append(' ').append(each.share() / 100.0).append('%');
                }
              }
            });
    return serving.length() == 0 ? initial.version() : serving.toString();
  }

  /**
   * Loads the versions that lists after a time can need, and unloads the others: those that neither
   * the plan from then on nor the latest publications name.
   */
  void settle(long time) {
    for (Versions versions : models.values()) {
      Set<String> needed = planned(versions.plan, patient ? Long.MIN_VALUE : time);
      versions.byName.values().stream()
          .map(version -> version.release)
          .sorted(Comparator.comparing(ModelRelease::getPublishedTime).reversed())
          .limit(LOADED_UNPLANNED)
          .forEach(release -> needed.add(release.getVersion()));
      versions.byName.forEach(
          (name, version) -> {
            if (needed.contains(name)) {
              version.load(pool, knownFeatures);
            } else {
              version.unload();
            }
          });
    }
  }

  private static Set<String> planned(ServingPlan plan, long time) {
    Set<String> planned = new HashSet<>();
    if (plan == null) {
      return planned;
    }
    List<ServingPlan.Step> steps = plan.steps();
    int inForce = steps.size() - 1;
    while (inForce > 0 && steps.get(inForce).from() > time) {
      inForce--;
    }
    for (int step = Math.max(0, inForce - KEPT_STEPS); step < steps.size(); step++) {
      steps.get(step).variants().forEach(each -> planned.add(each.version()));
      planned.addAll(steps.get(step).shadows());
    }
    return planned;
  }

  @Override
  public void close() {
    for (Versions versions : models.values()) {
      versions.byName.values().forEach(Version::unload);
    }
    initial.close();
  }
}
