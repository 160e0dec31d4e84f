package dev.freshet.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Learning in rounds without anything around it: shards, their memories, and the state. */
final class LearningRun {
  private final LearningOptions options;
  private final ShardLearner learner;
  private final List<RehearsalMemory> memories = new ArrayList<>();
  private LearnedState state;

  LearningRun(LearningOptions options, int features) {
    this(options, LearnedState.initial(features, options), memories(options));
  }

  LearningRun(LearningOptions options, LearnedState state, List<RehearsalMemory> memories) {
    this.options = options;
    this.learner = new ShardLearner(options);
    this.state = state;
    this.memories.addAll(memories);
  }

  private static List<RehearsalMemory> memories(LearningOptions options) {
    List<RehearsalMemory> memories = new ArrayList<>();
    for (int shard = 0; shard < options.shards(); shard++) {
      memories.add(new RehearsalMemory(options));
    }
    return memories;
  }

  /** Learns from the examples of a round. */
  LearningRound round(List<LearningExample> examples) {
    List<ShardResult> results = results(examples);
    LearningRound round = LearningRound.conclude(state, results, options);
    state = round.state();
    return round;
  }

  /** What the shards make of a round. */
  List<ShardResult> results(List<LearningExample> examples) {
    List<ShardResult> results = new ArrayList<>();
    for (int shard = 0; shard < options.shards(); shard++) {
      List<LearningExample> part = new ArrayList<>();
      for (LearningExample example : examples) {
        if (Long.remainderUnsigned(RehearsalMemory.mix(example.key()), options.shards()) == shard) {
          part.add(example);
        }
      }
      results.add(learner.learn(state, shard, part, memories.get(shard)));
      memories.get(shard).add(state.round() + 1, part);
    }
    return results;
  }

  LearnedState state() {
    return state;
  }

  /** The same through bytes. */
  LearningRun restored() {
    return new LearningRun(
        options,
        LearnedState.read(state.toBytes()),
        memories.stream().map(memory -> RehearsalMemory.read(memory.toBytes(), options)).toList());
  }

  /** Lists of a round, with keys. */
  static List<LearningExample> lists(int count, long round, ToDoubleFunction<float[]> preference) {
    List<LearningExample> examples = new ArrayList<>();
    for (RankingExample list : PlantedLists.draw(count, 1000 + round, preference)) {
      examples.add(new LearningExample(RehearsalMemory.mix(round * count + examples.size()), list));
    }
    return examples;
  }

  /** A taste without a straight line, whose centre wanders from 1 to -1 in so many rounds. */
  static ToDoubleFunction<float[]> drifting(long round, long rounds) {
    double centre = 1 - 2.0 * round / rounds;
    return row -> 4 * (row[1] * row[2]) - 4 * Math.abs(row[0] - centre);
  }

  static LearningOptions options(int shards, int... hidden) {
    LearningOptions defaults = LearningOptions.defaults();
    List<Integer> widths = new ArrayList<>();
    for (int width : hidden) {
      widths.add(width);
    }
    return new LearningOptions(
        widths,
        shards,
        defaults.learningRate(),
        defaults.batchLists(),
        defaults.passes(),
        defaults.maxGradientNorm(),
        defaults.rehearsalLists(),
        defaults.rehearsalRatio(),
        defaults.rehearsalHalfLife(),
        defaults.minHeldOutLists(),
        defaults.seed());
  }
}
