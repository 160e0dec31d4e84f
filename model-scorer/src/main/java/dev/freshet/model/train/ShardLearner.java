package dev.freshet.model.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Learns from one shard's examples of a round: from the state that all shards start from, in
 * shuffled batches of new and remembered lists, with Adam.
 *
 * <p>What comes out is a function of the state, the set of new examples, the memory and the
 * options: not of the order of the examples, and not of what the learner did before.
 */
public final class ShardLearner {
  private final LearningOptions options;

  /** A learner; keeps nothing from one round to the next. */
  public ShardLearner(LearningOptions options) {
    this.options = options;
  }

  /**
   * Learns from the examples of the round after {@code from}. While the state is not {@linkplain
   * LearnedState#isMeasured measured}, the features are observed and nothing is learned: shards
   * that each divided by deviations of their own would learn functions that can't be averaged. The
   * memory brings these examples back in the rounds to come.
   *
   * @param shard which one, counted from 0
   * @param fresh the shard's examples of the round, without those that are held out
   * @param memory of earlier rounds; not changed, so {@linkplain RehearsalMemory#add add} the new
   *     examples afterwards
   * @throws IllegalArgumentException if an example has another number of features than the state,
   *     or there is no such shard
   */
  public ShardResult learn(
      LearnedState from, int shard, Collection<LearningExample> fresh, RehearsalMemory memory) {
    if (shard < 0 || shard >= options.shards()) {
      throw new IllegalArgumentException(
          "shard %d; there are %d, counted from 0".formatted(shard, options.shards()));
    }
    long round = from.round() + 1;
    FeatureNormalizer observed = new FeatureNormalizer(from.features());
    List<RankingExample> lists = new ArrayList<>();
    for (LearningExample example : LearningExample.ordered(fresh, from.features())) {
      observed.observe(example.list().rows());
      if (example.list().hasPositive()) {
        lists.add(example.list());
      }
    }
    int without = fresh.size() - lists.size();
    if (lists.isEmpty() || !from.isMeasured()) {
      return new ShardResult(
          round,
          shard,
          lists.size(),
          without,
          0,
          0,
          0,
          Double.NaN,
          new double[0],
          AdamMoments.none(0),
          observed);
    }
    return new Course(from, round, shard).run(lists, without, memory.lists(), observed);
  }

  /** The steps of one round. */
  private final class Course {
    private final long round;
    private final int shard;
    private final SplittableRandom random;
    private final MlpRanker ranker;
    private final Adam adam;
    private final double[] gradient;
    private int steps;
    private int skippedSteps;

    Course(LearnedState from, long round, int shard) {
      this.round = round;
      this.shard = shard;
      random =
          new SplittableRandom(
              RehearsalMemory.mix(RehearsalMemory.mix(options.seed() + round) + shard));
      ranker = from.ranker();
      adam = new Adam(from.moments(), options.learningRate(), options.maxGradientNorm());
      gradient = new double[ranker.parameters().length];
    }

    ShardResult run(
        List<RankingExample> lists,
        int listsWithoutPositive,
        List<RankingExample> remembered,
        FeatureNormalizer observed) {
      RankingExample[] memory = remembered.toArray(RankingExample[]::new);
      int rehearsed =
          (int) Math.min(memory.length, Math.round(lists.size() * options.rehearsalRatio()));
      RankingExample[] order = new RankingExample[lists.size() + rehearsed];
      double loss = 0;
      for (int pass = 0; pass < options.passes(); pass++) {
        draw(memory, rehearsed);
        for (int i = 0; i < lists.size(); i++) {
          order[i] = lists.get(i);
        }
        System.arraycopy(memory, 0, order, lists.size(), rehearsed);
        boolean[] isNew = new boolean[order.length];
        Arrays.fill(isNew, 0, lists.size(), true);
        shuffle(order, isNew);
        double passLoss = pass(order, isNew);
        if (pass == 0) {
          loss = passLoss / lists.size();
        }
      }
      return new ShardResult(
          round,
          shard,
          lists.size(),
          listsWithoutPositive,
          rehearsed * options.passes(),
          steps,
          skippedSteps,
          loss,
          ranker.parameters().clone(),
          adam.moments(),
          observed);
    }

    /** Batches of equal size, or the last one could be a step on the word of a single list. */
    private double pass(RankingExample[] order, boolean[] isNew) {
      double lossOfNew = 0;
      int batches = (order.length - 1) / options.batchLists() + 1;
      for (int batch = 0; batch < batches; batch++) {
        int start = (int) ((long) order.length * batch / batches);
        int end = (int) ((long) order.length * (batch + 1) / batches);
        Arrays.fill(gradient, 0);
        for (int i = start; i < end; i++) {
          double loss = ranker.addGradient(order[i], gradient);
          lossOfNew += isNew[i] ? loss : 0;
        }
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] /= end - start;
        }
        steps++;
        if (!adam.step(ranker.parameters(), gradient)) {
          skippedSteps++;
        }
      }
      return lossOfNew;
    }

    /** Brings a random choice to the front. */
    private void draw(RankingExample[] memory, int count) {
      for (int i = 0; i < count; i++) {
        int j = i + random.nextInt(memory.length - i);
        RankingExample chosen = memory[j];
        memory[j] = memory[i];
        memory[i] = chosen;
      }
    }

    /** Fisher and Yates. */
    private void shuffle(RankingExample[] order, boolean[] isNew) {
      for (int i = order.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        RankingExample list = order[i];
        order[i] = order[j];
        order[j] = list;
        boolean flag = isNew[i];
        isNew[i] = isNew[j];
        isNew[j] = flag;
      }
    }
  }
}
