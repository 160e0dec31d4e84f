package dev.freshet.replay.judge;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How good a replay's lists were.
 *
 * @param lastFifth over the last fifth of the actions, the main placement's lists
 * @param metrics over the actions after the warm-up, for each placement, in the order of the
 *     configuration
 * @param placements the same in depth
 * @param countedFrom event time of the main placement's first list behind the warm-up; {@link
 *     Instant#MAX} if there is none
 */
public record ReplayEvaluation(
    PrequentialMetrics lastFifth,
    Map<String, PrequentialMetrics> metrics,
    List<PlacementQuality> placements,
    Instant countedFrom) {

  /** Told how far it has come. */
  @FunctionalInterface
  public interface Progress {
    void update(long done, long total);
  }

  public ReplayEvaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    placements = List.copyOf(placements);
  }

  /**
   * Evaluates a whole replay.
   *
   * @param names the placements
   * @param judged where every test is written, see {@link JudgedFile}
   * @param progress told how many actions have judged, each placement's by itself, and of how many
   */
  public static ReplayEvaluation of(
      AcceptedActions actions,
      ReplayedRecommendations recommendations,
      Judging judging,
      Collection<String> names,
      Path judged,
      Progress progress)
      throws IOException {
    Map<String, PrequentialMetrics> metrics = new LinkedHashMap<>();
    List<PlacementQuality> placements = new ArrayList<>();
    PrequentialMetrics lastFifth = null;
    Instant countedFrom = Instant.MAX;
    long total = (long) actions.size() * names.size();
    try (JudgedFile.Writer file = JudgedFile.write(judged)) {
      for (String name : names) {
        long before = (long) actions.size() * placements.size();
        PrequentialEvaluation evaluation =
            PrequentialEvaluation.of(
                actions,
                recommendations,
                judging,
                name,
                file,
                done -> progress.update(before + done, total));
        metrics.put(name, evaluation.metricsFrom(judging.warmup()));
        placements.add(new QualityAnalysis(name, evaluation).analyse());
        if (name.equals(judging.placement())) {
          lastFifth = evaluation.metricsFrom(0.8);
          countedFrom = evaluation.countedFrom();
        }
      }
      file.commit();
    }
    return new ReplayEvaluation(lastFifth, metrics, placements, countedFrom);
  }

  /** What is said of a placement's lists. */
  public PlacementQuality placement(String name) {
    for (PlacementQuality placement : placements) {
      if (placement.placement().equals(name)) {
        return placement;
      }
    }
    throw new IllegalArgumentException("There is no placement " + name);
  }
}
