package dev.freshet.replay.judge;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How good a replay's lists were.
 *
 * @param lastFifth over the last fifth of the actions, the main placement's lists
 * @param placements over the actions after the warm-up, in the order of the configuration
 * @param countedFrom event time of the main placement's first list behind the warm-up; {@link
 *     Instant#MAX} if there is none
 */
public record ReplayEvaluation(
    Quality lastFifth, List<PlacementQuality> placements, Instant countedFrom) {

  /** Receives how far the evaluation has come. */
  @FunctionalInterface
  public interface Progress {
    void update(long done, long total);
  }

  public ReplayEvaluation {
    placements = List.copyOf(placements);
  }

  /**
   * Evaluates a whole replay.
   *
   * @param names the placements
   * @param judged where every test is written, see {@link JudgedFile}
   * @param progress receives the number of actions that have judged, counted for each placement by
   *     itself, and the total
   */
  public static ReplayEvaluation of(
      AcceptedActions actions,
      ReplayedRecommendations recommendations,
      Judging judging,
      Collection<String> names,
      Path judged,
      Progress progress)
      throws IOException {
    List<PlacementQuality> placements = new ArrayList<>();
    Quality lastFifth = null;
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
        placements.add(new QualityAnalysis(name, evaluation).analyse());
        if (name.equals(judging.placement())) {
          lastFifth = evaluation.qualityFrom(0.8);
          countedFrom = evaluation.countedFrom();
        }
      }
      file.commit();
    }
    return new ReplayEvaluation(lastFifth, placements, countedFrom);
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
