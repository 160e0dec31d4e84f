package dev.freshet.model.train;

import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Trains a ranker on lists in the order of time: the last part is held out, the rest is learned in
 * shuffled batches with Adam, and the weights of the epoch with the smallest loss on the held-out
 * part are kept. Deterministic in the examples and the seed.
 */
public final class RankerTrainer {
  /**
   * How to train.
   *
   * @param epochs most passes over the examples, at least 1
   * @param batchLists lists per step, at least 1
   * @param learningRate of Adam, above 0
   * @param maxGradientNorm the gradient of a step is scaled down to this Euclidean norm, above 0
   * @param holdoutFraction share of the lists, the last ones, that is held out; between 0 and 1
   * @param patience stop after so many epochs without a smaller loss on the held-out part, at least
   *     1
   * @param seed of the shuffling
   */
  public record Options(
      int epochs,
      int batchLists,
      double learningRate,
      double maxGradientNorm,
      double holdoutFraction,
      int patience,
      long seed) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public Options {
      boolean valid =
          epochs >= 1
              && batchLists >= 1
              && learningRate > 0
              && maxGradientNorm > 0
              && holdoutFraction > 0
              && holdoutFraction < 1
              && patience >= 1;
      if (!valid) {
        throw new IllegalArgumentException(
            ("epochs %d, batchLists %d, patience %d must be at least 1, learningRate %s and"
                    + " maxGradientNorm %s above 0, holdoutFraction %s between 0 and 1")
                .formatted(
                    epochs, batchLists, patience, learningRate, maxGradientNorm, holdoutFraction));
      }
    }

    /** Returns values that suit lists of about 100 candidates with some dozen features. */
    public static Options defaults() {
      return new Options(20, 32, 0.003, 5, 0.1, 3, 1);
    }
  }

  /**
   * How well lists are ranked, over those with a positive label. The rank of a list is that of its
   * best positive candidate by {@link Rank}.
   *
   * @param lists how many lists have a positive label
   * @param loss mean of {@link MlpRanker#loss}, in nats
   * @param mrr mean of 1 / rank
   * @param hitRateAt10 share of lists with a rank of at most 10
   */
  public record HoldoutQuality(int lists, double loss, double mrr, double hitRateAt10) {}

  /**
   * One pass over the examples.
   *
   * @param number counted from 1; 0 stands for the ranker as it was given, on the new normalisation
   * @param trainingLoss mean loss of the lists while they were learned, in nats; NaN for epoch 0
   * @param holdout quality on the held-out lists afterwards
   */
  public record Epoch(int number, double trainingLoss, HoldoutQuality holdout) {}

  /**
   * The result of a training.
   *
   * @param best the epoch whose weights the ranker has now
   * @param epochs all epochs, from 0
   * @param trainingLists lists learned from
   * @param listsWithoutPositive lists, of the learned and held-out ones, that were left out because
   *     no label is positive
   * @param skippedSteps steps not taken because their gradient was not finite
   */
  public record Result(
      Epoch best,
      List<Epoch> epochs,
      int trainingLists,
      int listsWithoutPositive,
      int skippedSteps) {}

  private final Options options;

  /** Creates a trainer. It keeps no state between trainings. */
  public RankerTrainer(Options options) {
    this.options = options;
  }

  /**
   * Trains a ranker, in place: observes the examples that are not held out, then learns from them.
   *
   * @param examples lists in the order of time, with fast access by index: each is asked for again
   *     whenever it is used and none is kept, so that a list that reads them from a file needs no
   *     memory for all
   * @param progress receives every epoch as it ends
   * @throws IllegalArgumentException if no list with a positive label is left to learn from or to
   *     hold out
   */
  public Result train(MlpRanker ranker, List<RankingExample> examples, Consumer<Epoch> progress) {
    int split = (int) Math.round(examples.size() * (1 - options.holdoutFraction()));
    List<RankingExample> training = withPositive(examples.subList(0, split));
    List<RankingExample> holdout = withPositive(examples.subList(split, examples.size()));
    if (training.isEmpty() || holdout.isEmpty()) {
      throw new IllegalArgumentException(
          ("of %d lists, %d with a positive label are left to learn from and %d to hold out (share"
                  + " %s); give more lists or hold out another share")
              .formatted(
                  examples.size(), training.size(), holdout.size(), options.holdoutFraction()));
    }
    training.forEach(ranker::observe);

    SplittableRandom random = new SplittableRandom(options.seed());
    double[] parameters = ranker.parameters();
    Adam adam = new Adam(parameters.length, options.learningRate(), options.maxGradientNorm());
    int[] order = new int[training.size()];
    Arrays.setAll(order, i -> i);
    List<Epoch> epochs = new ArrayList<>();
    Epoch best = new Epoch(0, Double.NaN, evaluate(ranker, holdout));
    double[] bestParameters = parameters.clone();
    epochs.add(best);
    progress.accept(best);
    int skippedSteps = 0;
    for (int number = 1;
        number <= options.epochs() && number - best.number() <= options.patience();
        number++) {
      shuffle(order, random);
      double lossSum = 0;
      for (int from = 0; from < order.length; from += options.batchLists()) {
        int to = Math.min(from + options.batchLists(), order.length);
        double[] gradient = new double[parameters.length];
        for (int i = from; i < to; i++) {
          lossSum += ranker.addGradient(training.get(order[i]), gradient);
        }
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] /= to - from;
        }
        if (!adam.step(parameters, gradient)) {
          skippedSteps++;
        }
      }
      Epoch epoch = new Epoch(number, lossSum / order.length, evaluate(ranker, holdout));
      epochs.add(epoch);
      progress.accept(epoch);
      // A loss that is NaN is not smaller, so diverged weights are never kept.
      if (epoch.holdout().loss() < best.holdout().loss()) {
        best = epoch;
        bestParameters = parameters.clone();
      }
    }
    System.arraycopy(bestParameters, 0, parameters, 0, parameters.length);
    return new Result(
        best,
        List.copyOf(epochs),
        training.size(),
        examples.size() - training.size() - holdout.size(),
        skippedSteps);
  }

  /**
   * Returns how well a ranker ranks lists.
   *
   * @throws IllegalArgumentException if none has a positive label
   */
  public static HoldoutQuality evaluate(MlpRanker ranker, List<RankingExample> examples) {
    List<RankingExample> lists = withPositive(examples);
    if (lists.isEmpty()) {
      throw new IllegalArgumentException(
          "none of %d lists has a positive label; there is nothing to evaluate on"
              .formatted(examples.size()));
    }
    double loss = 0;
    double reciprocalRanks = 0;
    double hits = 0;
    for (RankingExample list : lists) {
      loss += ranker.loss(list);
      int rank = Rank.ofBest(ranker.score(list.rows(), list.count()), list.labels());
      reciprocalRanks += RankMetric.Kind.MRR.gain(rank);
      hits += RankMetric.HIT_RATE_10.of(rank);
    }
    int count = lists.size();
    return new HoldoutQuality(count, loss / count, reciprocalRanks / count, hits / count);
  }

  /** Returns a view, because the examples may not fit into memory. */
  private static List<RankingExample> withPositive(List<RankingExample> examples) {
    int[] positive =
        IntStream.range(0, examples.size()).filter(i -> examples.get(i).hasPositive()).toArray();
    return new AbstractList<>() {
      @Override
      public RankingExample get(int index) {
        return examples.get(positive[index]);
      }

      @Override
      public int size() {
        return positive.length;
      }
    };
  }

  /** Shuffles by Fisher and Yates. */
  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }
}
