package dev.freshet.bench.jmh;

import dev.freshet.model.train.LearnedState;
import dev.freshet.model.train.LearningExample;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.model.train.LearningRound;
import dev.freshet.model.train.RankingExample;
import dev.freshet.model.train.RehearsalMemory;
import dev.freshet.model.train.ShardLearner;
import dev.freshet.model.train.ShardResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What learning costs one shard, with the options that are the default: each new list is gone
 * through twice, and so is a remembered one beside it. Lists have 100 candidates with 26 features,
 * of which one in twenty is unknown.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class LearningBenchmark {
  private static final int LISTS = 100;
  private static final int CANDIDATES = 100;
  private static final int FEATURES = 26;
  private static final LearningOptions OPTIONS = LearningOptions.defaults();

  private final ShardLearner learner = new ShardLearner(OPTIONS);
  private final RehearsalMemory memory = new RehearsalMemory(OPTIONS);
  private List<LearningExample> fresh;
  private LearnedState state;

  @Setup
  public void rememberARound() {
    SplittableRandom random = new SplittableRandom(1);
    List<LearningExample> measured = lists(OPTIONS.rehearsalLists(), random);
    LearnedState initial = LearnedState.initial(FEATURES, OPTIONS);
    List<ShardResult> results = new ArrayList<>();
    for (int shard = 0; shard < OPTIONS.shards(); shard++) {
      results.add(learner.learn(initial, shard, shard == 0 ? measured : List.of(), memory));
    }
    state = LearningRound.conclude(initial, results, OPTIONS).state();
    memory.add(1, measured);
    fresh = lists(LISTS, random);
  }

  private static List<LearningExample> lists(int count, SplittableRandom random) {
    List<LearningExample> lists = new ArrayList<>();
    for (int list = 0; list < count; list++) {
      float[] rows = new float[CANDIDATES * FEATURES];
      for (int value = 0; value < rows.length; value++) {
        rows[value] = random.nextInt(20) == 0 ? Float.NaN : (float) random.nextDouble(-1, 3);
      }
      float[] labels = new float[CANDIDATES];
      labels[random.nextInt(CANDIDATES)] = 1;
      lists.add(
          new LearningExample(random.nextLong(), new RankingExample(rows, CANDIDATES, labels)));
    }
    return lists;
  }

  /** A round, in new lists a second. */
  @Benchmark
  @OperationsPerInvocation(LISTS)
  public ShardResult learn() {
    return learner.learn(state, 0, fresh, memory);
  }

  /** The memory as a checkpoint has it, in remembered lists a second. */
  @Benchmark
  @OperationsPerInvocation(1000)
  public byte[] writeMemory() {
    return memory.toBytes();
  }
}
