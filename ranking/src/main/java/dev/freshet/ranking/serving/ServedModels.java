package dev.freshet.ranking.serving;

import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelPool;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.ServingPlan;
import dev.freshet.ranking.list.Placement;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of one subtask, and which of them scores a list: the plan's, as of the list's event
 * time. Models are loaded in the background as they are published. For one thread; only {@link
 * #serving} and {@link #notReady} may be asked by others.
 *
 * <p>Live, no list waits for a model: while one of a step isn't loaded, the step before serves, and
 * {@link #notReady} counts. A replay waits instead, so that speed changes no answer.
 *
 * <p>Loaded are the latest publications and the versions of the steps around the time of the last
 * {@link #settle}, so a plan of a thousand steps costs no more than one of ten.
 */
public final class ServedModels implements AutoCloseable {

  /** The latest versions are loaded before a plan names them. */
  private static final int LOADED_UNPLANNED = 4;

  /** Steps before the one in force that late requests, and steps not ready, can fall back on. */
  private static final int KEPT_STEPS = 2;

  /** Steps after the one in force whose versions are loaded already. */
  private static final int LOADED_AHEAD = 8;

  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

  /** What is known of the versions of one model. */
  private static final class Versions {
    /** Null: there is none. Also read by the thread that reports metrics. */
    private volatile ServingPlan plan;

    /** Number of the first step whose versions are kept loaded. */
    private int firstKept;

    private final Map<String, Version> byName = new HashMap<>();
  }

  /** A published version. */
  private final class Version {
    private ModelRelease release;

    /** Null when it is not loaded. */
    private CompletableFuture<ModelLease> lease;

    /** What scores with the lease; null with it. */
    private CompletableFuture<Scoring> loading;

    /** What loading came to, if that was looked at already. */
    private Scoring scoring;

    private boolean failed;

    Version(ModelRelease release) {
      this.release = release;
    }

    void load() {
      if (loading == null && !failed) {
        byte[] onnx = new byte[release.getOnnx().remaining()];
        release.getOnnx().duplicate().get(onnx);
        // What scores is made by the loading thread too: its first use costs no list anything.
        lease = pool.load(onnx, knownFeatures);
        loading = lease.thenApply(ServedModels.this::scoringOf);
      }
    }

    /** Returns null if the model was refused, or if it isn't loaded and the caller doesn't wait. */
    Scoring scoring(boolean waiting) {
      if (scoring == null && loading != null && (waiting || loading.isDone())) {
        try {
          scoring = loading.join();
        } catch (CompletionException e) {
          if (!(e.getCause() instanceof ModelRejectedException)) {
            throw e;
          }
          failed = true;
          lease = null;
          loading = null;
          LOG.error(
              "Model {} {} can't serve", release.getName(), release.getVersion(), e.getCause());
        }
      }
      return scoring;
    }

    void unload() {
      scoring = null;
      if (loading != null) {
        // What waits for its turn is not loaded at all; what can't be stopped is closed when done.
        if (!lease.cancel(false)) {
          loading.thenAccept(Scoring::close);
        }
        lease = null;
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
  private final int mostCandidates;
  private final ConcurrentMap<String, Versions> models = new ConcurrentHashMap<>();
  private final List<Scoring> shadows = new ArrayList<>();
  private String variant = "";
  private volatile long notReady;
  private long nextStep = Long.MIN_VALUE;

  /**
   * @param pool of the process; left open
   * @param featureNames of a row
   * @param mostCandidates of a list
   * @param initial scores for every model that has no plan yet; closed with this
   * @param none scores where a placement wants no model
   * @param patient whether to wait for models that are being loaded
   */
  public ServedModels(
      ModelPool pool,
      List<String> featureNames,
      int mostCandidates,
      Scoring initial,
      Scoring none,
      boolean patient) {
    this.pool = pool;
    this.featureNames = featureNames;
    this.mostCandidates = mostCandidates;
    this.knownFeatures = Set.copyOf(featureNames);
    this.initial = initial;
    this.none = none;
    this.patient = patient;
  }

  private Scoring scoringOf(ModelLease loaded) {
    try (ModelLease lease = loaded) {
      return new ModelScoring(lease.bundle(), lease.newScorer(), featureNames, mostCandidates);
    }
  }

  /**
   * Takes in a version; {@link #settle} begins to load it. Taking in the same model again changes
   * nothing of what is loaded; another one under the same version takes its place.
   */
  public void publish(ModelRelease release) {
    Map<String, Version> byName = versions(release.getName()).byName;
    Version before = byName.get(release.getVersion());
    if (before != null && before.release.getOnnx().equals(release.getOnnx())) {
      before.release = release;
      return;
    }
    byName.put(release.getVersion(), new Version(release));
    if (before != null) {
      before.unload();
    }
  }

  /** Takes in the whole schedule of a model, in place of the one before. */
  public void plan(ServingPlan plan) {
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
  public Scoring choose(String model, long time, String user) {
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
    int wanted = stepAt(steps, time);
    if (wanted < 0) {
      return initial;
    }
    // Very late: what served then is unloaded, and what is kept the longest is the nearest to it.
    int step = patient ? wanted : Math.max(wanted, versions.firstKept);
    while (step >= 0 && !isReady(versions, steps.get(step))) {
      step--;
    }
    if (step != wanted) {
      countNotReady();
    }
    if (step < 0) {
      return initial;
    }
    ServingPlan.Variant chosen = versions.plan.variantOf(steps.get(step), user);
    variant = steps.get(step).variants().size() == 1 ? "" : chosen.name();
    addShadows(versions, steps.get(step));
    return scoring(versions, chosen.version());
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

  /**
   * Returns null if the model is absent or was refused, or isn't loaded and the caller doesn't
   * wait.
   */
  private Scoring scoring(Versions versions, String name) {
    Version version = versions.byName.get(name);
    if (version == null) {
      return null;
    }
    if (patient) {
      version.load();
    }
    return version.scoring(patient);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  private void countNotReady() {
    notReady++;
  }

  /** Number of the newest step that isn't after a time; -1: none has begun. */
  private static int stepAt(List<ServingPlan.Step> steps, long time) {
    int at = steps.size() - 1;
    while (at >= 0 && steps.get(at).from() > time) {
      at--;
    }
    return at;
  }

  /** Name of the variant that was chosen last; empty without a split. */
  public String variant() {
    return variant;
  }

  /** What scores the last chosen list too, without being served. */
  public List<Scoring> shadows() {
    return shadows;
  }

  /** Lists that were scored by an earlier step than their own, as a model was not loaded. */
  public long notReady() {
    return notReady;
  }

  /** The version that serves a model's users as of a time, or several with their shares. */
  public String serving(String model, long time) {
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
   * the plan around that time nor the latest publications name. To be called again when anything
   * was taken in, and when {@link #nextStep} has come.
   */
  public void settle(long time) {
    nextStep = Long.MAX_VALUE;
    for (Versions versions : models.values()) {
      Set<String> needed = planned(versions, time);
      versions.byName.values().stream()
          .map(version -> version.release)
          .sorted(Comparator.comparing(ModelRelease::getPublishedTime).reversed())
          .limit(LOADED_UNPLANNED)
          .forEach(release -> needed.add(release.getVersion()));
      versions.byName.forEach(
          (name, version) -> {
            if (needed.contains(name)) {
              version.load();
            } else {
              version.unload();
            }
          });
    }
  }

  /** When, in event time, the next step of any plan begins that hadn't at the last settling. */
  public long nextStep() {
    return nextStep;
  }

  private Set<String> planned(Versions versions, long time) {
    Set<String> planned = new HashSet<>();
    if (versions.plan == null) {
      return planned;
    }
    List<ServingPlan.Step> steps = versions.plan.steps();
    int inForce = stepAt(steps, time);
    if (inForce + 1 < steps.size()) {
      nextStep = Math.min(nextStep, steps.get(inForce + 1).from());
    }
    versions.firstKept = Math.max(0, inForce - KEPT_STEPS);
    int end = Math.min(steps.size(), inForce + 1 + LOADED_AHEAD);
    for (int step = versions.firstKept; step < end; step++) {
      planned.addAll(steps.get(step).versions());
    }
    return planned;
  }

  /** Waits for all that is being loaded: before the first list after a restore. */
  public void awaitLoaded() {
    for (Versions versions : models.values()) {
      versions.byName.values().forEach(version -> version.scoring(true));
    }
  }

  @Override
  public void close() {
    for (Versions versions : models.values()) {
      versions.byName.values().forEach(Version::unload);
    }
    initial.close();
  }
}
