package dev.freshet.model.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model learns in rounds. Every value decides what is learned: with other options the same
 * examples give another model.
 *
 * @param hidden width of each hidden layer, from the features on; empty for a linear model
 * @param shards into how many parts the examples of a round are divided, at least 1
 * @param learningRate of Adam, above 0
 * @param batchLists most lists per step, at least 1
 * @param passes how often a round's examples are gone through, at least 1
 * @param maxGradientNorm the gradient of a step is scaled down to this Euclidean norm, above 0
 * @param rehearsalLists how many earlier lists a shard remembers at most, from 0
 * @param rehearsalRatio how many remembered lists are learned again for each new one, from 0: the
 *     weight of what was before against what is new
 * @param rehearsalHalfLife after how many rounds a list is half as likely to be still remembered,
 *     at least 1
 * @param minHeldOutLists how many held-out lists a decision on a model needs, at least 2
 * @param seed of the first weights, the shuffling and the memory
 */
public record LearningOptions(
    List<Integer> hidden,
    int shards,
    double learningRate,
    int batchLists,
    int passes,
    double maxGradientNorm,
    int rehearsalLists,
    double rehearsalRatio,
    int rehearsalHalfLife,
    int minHeldOutLists,
    long seed)
    implements Serializable {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if values are out of range; the message names all of them
   */
  public LearningOptions {
    hidden = List.copyOf(hidden);
    List<String> wrong = new ArrayList<>();
    for (int width : hidden) {
      require(width >= 1, "hidden " + hidden + ": widths are at least 1", wrong);
    }
    require(shards >= 1, "shards " + shards + ": at least 1", wrong);
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learningRate " + learningRate + ": above 0 and finite",
        wrong);
    require(batchLists >= 1, "batchLists " + batchLists + ": at least 1", wrong);
    require(passes >= 1, "passes " + passes + ": at least 1", wrong);
    require(maxGradientNorm > 0, "maxGradientNorm " + maxGradientNorm + ": above 0", wrong);
    require(rehearsalLists >= 0, "rehearsalLists " + rehearsalLists + ": from 0", wrong);
    require(
        rehearsalRatio >= 0 && Double.isFinite(rehearsalRatio),
        "rehearsalRatio " + rehearsalRatio + ": from 0 and finite",
        wrong);
    require(
        rehearsalHalfLife >= 1, "rehearsalHalfLife " + rehearsalHalfLife + ": at least 1", wrong);
    require(minHeldOutLists >= 2, "minHeldOutLists " + minHeldOutLists + ": at least 2", wrong);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("options of learning: " + String.join("; ", wrong));
    }
  }

  private static void require(boolean condition, String problem, List<String> wrong) {
    if (!condition) {
      wrong.add(problem);
    }
  }

  /**
   * Returns values that suit lists of 60 to 100 candidates with some dozen features, in rounds of
   * some hundred lists or more. Steps are larger and batches smaller than where all lists are there
   * from the start: a shard takes few of them in a round, and averaging evens out their noise.
   */
  public static LearningOptions defaults() {
    return new LearningOptions(List.of(16), 4, 0.01, 16, 2, 5, 1000, 1, 20, 100, 1);
  }
}
