package dev.freshet.model.train;

import java.util.Collection;

/**
 * How a round of learning ends: the results of its shards become the state that the next round
 * starts from.
 *
 * <ul>
 *   <li>Parameters and moments are averaged over the shards that learned, weighted by their numbers
 *       of lists (McDonald, Hall and Mann, "Distributed training strategies for the structured
 *       perceptron", 2010; as federated averaging, McMahan et al., 2017).
 *   <li>Statistics of the new rows are added to those before, in the order of the shards.
 *   <li>New statistics mean another normalisation, with which the same weights would be another
 *       function. So the first layer is written anew: with weights w, biases b, means m and scales
 *       s before, and m' and s' after, w s (x - m) + b is w' s' (x - m') + b' for w' = w s / s' and
 *       b' = b + w s (m' - m). That is exact but for rounding and for what clipping bounds: a mean
 *       moves, and a slope grows, by at most {@value FeatureNormalizer#LIMIT} of what were
 *       deviations, as a clipped value never counted for more. Only a value that is unknown counts
 *       for something else, as the mean that it stands for has moved. A feature that varies for the
 *       first time, and so had no effect, starts from weight 0, or from its random weight if
 *       nothing was learned yet. Moments follow the slopes, as the gradient does.
 *   <li>Numbers that are not finite anywhere, or parameters with which some row's score would not
 *       be, are never taken over.
 * </ul>
 *
 * @param state what the next round starts from; its round has the number of this one
 * @param outcome what became of the parameters
 * @param lists new lists with a positive label
 * @param listsWithoutPositive new lists without one
 * @param steps steps of all shards
 * @param skippedSteps steps of all shards that were not taken because the gradient was not finite
 * @param loss mean loss of the new lists when each was first learned from, in nats; NaN unless
 *     something was learned
 */
public record LearningRound(
    LearnedState state,
    Outcome outcome,
    long lists,
    long listsWithoutPositive,
    long steps,
    long skippedSteps,
    double loss) {

  /** The outcome of a round for the parameters. Only learned parameters need validation. */
  public enum Outcome {
    /** The parameters are the shards' average. */
    LEARNED,
    /** No new list had a positive label; the model scores as before. */
    NOTHING_TO_LEARN,
    /** The first examples: their features were observed; learning begins with the next round. */
    MEASURED,
    /**
     * A shard's numbers, or the average's, were not finite or too large for binary32: the round is
     * discarded and the model scores as before. Check the learning rate.
     */
    NOT_FINITE
  }

  /**
   * Ends a round.
   *
   * @param before the state that all shards started from
   * @param results of every shard once, in any order
   * @throws IllegalArgumentException if a shard is missing or there twice, or a result is of
   *     another round or of another network
   */
  public static LearningRound conclude(
      LearnedState before, Collection<ShardResult> results, LearningOptions options) {
    ShardResult[] shards = byShard(before, results, options.shards());
    FeatureNormalizer statistics = before.statistics();
    long lists = 0;
    long without = 0;
    long steps = 0;
    long skipped = 0;
    double loss = 0;
    for (ShardResult shard : shards) {
      statistics.merge(shard.observed());
      lists += shard.lists();
      without += shard.listsWithoutPositive();
      steps += shard.steps();
      skipped += shard.skippedSteps();
      loss += shard.steps() == 0 ? 0 : shard.loss() * shard.lists();
    }
    Outcome outcome = Outcome.LEARNED;
    LearnedState after = null;
    if (steps > 0) {
      after = average(before, shards, lists, statistics);
      if (!after.isFinite()) {
        outcome = Outcome.NOT_FINITE;
      }
    } else {
      outcome = lists > 0 ? Outcome.MEASURED : Outcome.NOTHING_TO_LEARN;
    }
    if (outcome != Outcome.LEARNED) {
      after = renormalized(before, before.parameters(), before.moments(), statistics, 0);
      if (!after.isFinite()) {
        // Weights that the new normalisation would push out of range stay with the old one.
        after = before.next(before.parameters(), before.moments(), before.statistics(), 0);
      }
    }
    return new LearningRound(
        after,
        outcome,
        lists,
        without,
        steps,
        skipped,
        outcome == Outcome.LEARNED ? loss / lists : Double.NaN);
  }

  private static ShardResult[] byShard(
      LearnedState before, Collection<ShardResult> results, int shards) {
    ShardResult[] ordered = new ShardResult[shards];
    for (ShardResult result : results) {
      if (result.round() != before.round() + 1) {
        throw new IllegalArgumentException(
            "the result of shard %d is of round %d; the round after %d ends"
                .formatted(result.shard(), result.round(), before.round()));
      }
      boolean fits =
          result.observed().features() == before.features()
              && (result.steps() == 0 || result.parameters().length == before.parameters().length);
      if (!fits) {
        throw new IllegalArgumentException(
            "the result of shard %d has %d features and %d parameters, the state before it %d and %d"
                .formatted(
                    result.shard(),
                    result.observed().features(),
                    result.parameters().length,
                    before.features(),
                    before.parameters().length));
      }
      if (result.shard() >= shards || ordered[result.shard()] != null) {
        throw new IllegalArgumentException(
            "a%s result of shard %d; round %d has one from each of %d shards, counted from 0"
                .formatted(
                    result.shard() >= shards ? "" : " second",
                    result.shard(),
                    result.round(),
                    shards));
      }
      ordered[result.shard()] = result;
    }
    for (int shard = 0; shard < shards; shard++) {
      if (ordered[shard] == null) {
        throw new IllegalArgumentException(
            "no result of shard %d; round %d has one from each of %d shards"
                .formatted(shard, before.round() + 1, shards));
      }
    }
    return ordered;
  }

  private static LearnedState average(
      LearnedState before, ShardResult[] shards, long lists, FeatureNormalizer statistics) {
    int size = before.parameters().length;
    double[] parameters = new double[size];
    double[] first = new double[size];
    double[] second = new double[size];
    double firstRest = 0;
    double secondRest = 0;
    for (ShardResult shard : shards) {
      if (shard.steps() == 0) {
        continue;
      }
      double share = (double) shard.lists() / lists;
      AdamMoments moments = shard.moments();
      for (int i = 0; i < size; i++) {
        parameters[i] += share * shard.parameters()[i];
        first[i] += share * moments.first()[i];
        second[i] += share * moments.second()[i];
      }
      firstRest += share * moments.firstRest();
      secondRest += share * moments.secondRest();
    }
    return renormalized(
        before,
        parameters,
        new AdamMoments(first, second, firstRest, secondRest),
        statistics,
        lists);
  }

  /** The state after one whose parameters are meant for its own normalisation. */
  private static LearnedState renormalized(
      LearnedState before,
      double[] parameters,
      AdamMoments moments,
      FeatureNormalizer statistics,
      long lists) {
    FeatureNormalizer old = before.statistics();
    float[] oldMeans = old.means();
    float[] oldScales = old.scales();
    float[] means = statistics.means();
    float[] scales = statistics.scales();
    int[] widths = before.widths();
    int outputs = widths[1];
    int biases = widths[0] * outputs;
    double[] weights = parameters.clone();
    double[] first = moments.first().clone();
    double[] second = moments.second().clone();
    for (int feature = 0; feature < widths[0]; feature++) {
      if (scales[feature] == 0 || (oldScales[feature] == 0 && moments.isEmpty())) {
        continue;
      }
      double moved = limited(((double) means[feature] - oldMeans[feature]) * oldScales[feature]);
      double stretched = limited((double) oldScales[feature] / scales[feature]);
      for (int j = 0; j < outputs; j++) {
        int weight = feature * outputs + j;
        weights[biases + j] += weights[weight] * moved;
        weights[weight] *= stretched;
        if (stretched > 0) {
          first[weight] /= stretched;
          second[weight] /= stretched * stretched;
        }
      }
    }
    return before.next(
        weights,
        new AdamMoments(first, second, moments.firstRest(), moments.secondRest()),
        statistics,
        lists);
  }

  private static double limited(double deviations) {
    return Math.max(-FeatureNormalizer.LIMIT, Math.min(FeatureNormalizer.LIMIT, deviations));
  }

  @Override
  public String toString() {
    return "LearningRound[%s, %s, %d lists, %d without positive, %d steps, %d skipped, loss %s]"
        .formatted(outcome, state, lists, listsWithoutPositive, steps, skippedSteps, loss);
  }
}
