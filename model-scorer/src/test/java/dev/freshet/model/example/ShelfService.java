package dev.freshet.model.example;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelPool;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A service that orders what is on a shelf; the code of docs/how-to/score-in-a-service.md. */
final class ShelfService implements AutoCloseable {
  // snippet: file
  static float[] scoreOnce(Path file, float[][] rows) throws ModelRejectedException {
    ModelBundle bundle = ModelBundle.read(file); // checked: says why if it must not serve
    try (OnnxScorer scorer = new OnnxScorer(bundle)) {
      return scores(scorer, rows);
    }
  }

  // end

  // snippet: score
  /** Scores a list in one call: a row for each item, with the features in the model's order. */
  static float[] scores(OnnxScorer scorer, float[][] rows) {
    FloatBuffer input = scorer.input(rows.length);
    for (float[] row : rows) {
      input.put(row); // NaN: not known
    }
    float[] scores = new float[rows.length];
    scorer.score(rows.length).get(scores);
    return scores;
  }

  // end

  // snippet: load
  private final ModelPool pool = new ModelPool(); // one for the whole service
  private final Set<String> known; // names of all features that the service can compute
  private ModelLease lease;
  private boolean closed;

  /** Complete when the model serves. Until then, and if it is refused, the one before does. */
  CompletableFuture<Void> serve(byte[] onnx) {
    return pool.load(onnx, known).thenAccept(this::replace);
  }

  private synchronized void replace(ModelLease next) {
    ModelLease before = closed ? next : lease;
    lease = closed ? lease : next;
    if (before != null) {
      before.close(); // scorers of it that are at work aren't disturbed
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    pool.close();
    if (lease != null) {
      lease.close();
    }
  }

  // end

  // snippet: worker
  /** What one thread scores with: always the newest model. */
  final class Worker implements AutoCloseable {
    private OnnxScorer scorer;

    float[] scores(float[][] rows) {
      scorer = upToDate(scorer);
      return ShelfService.scores(scorer, rows);
    }

    @Override
    public void close() {
      if (scorer != null) {
        scorer.close();
      }
    }
  }

  private synchronized OnnxScorer upToDate(OnnxScorer scorer) {
    if (scorer != null) {
      if (scorer.bundle() == lease.bundle()) {
        return scorer;
      }
      scorer.close();
    }
    return lease.newScorer();
  }

  // end

  // snippet: plan
  static ServingPlan plan(long start, long test) {
    return ServingPlan.empty("shelf")
        .then(Step.of(start, "v1"))
        .then(
            new Step(
                test,
                List.of(new Variant("candidate", "v2", 1_000), new Variant("control", "v1", 9_000)),
                List.of("v3"))); // a shadow: scored and logged, but not served
  }

  static String version(ServingPlan plan, String user, long eventTime) {
    Step step = plan.stepAt(eventTime).orElseThrow();
    return plan.variantOf(step, user).version(); // always the same for the same user
  }

  // end

  // snippet: versions
  /** Loads what a plan needs from a time on, by version. */
  static Map<String, CompletableFuture<ModelLease>> load(
      ModelPool pool, ServingPlan plan, long from, Map<String, byte[]> files, Set<String> known) {
    plan.requireVersions(files.keySet());
    Map<String, CompletableFuture<ModelLease>> loading = new HashMap<>();
    for (String version : plan.versionsFrom(from)) {
      loading.put(version, pool.load(files.get(version), known));
    }
    return loading;
  }

  // end

  ShelfService(Set<String> known) {
    this.known = known;
  }

  int openSessions() {
    return pool.openSessions();
  }

  /** Leases of models that are loaded, in the order of their versions. */
  static List<ModelLease> join(Map<String, CompletableFuture<ModelLease>> loading) {
    List<ModelLease> leases = new ArrayList<>();
    loading.keySet().stream().sorted().forEach(version -> leases.add(loading.get(version).join()));
    return leases;
  }
}
