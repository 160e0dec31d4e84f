package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RehearsalMemoryProperties {

  /** Whatever the order and the portions, and whether it was written and read on the way. */
  @Property(tries = 200)
  void remembersAFunctionOfTheSet(
      @ForAll @IntRange(min = 0, max = 20) int capacity,
      @ForAll @IntRange(min = 0, max = 60) int lists,
      @ForAll @IntRange(min = 1, max = 6) int rounds,
      @ForAll Random random) {
    LearningOptions options = options(capacity, 3, 1);
    List<Long> keys = new ArrayList<>();
    for (long key = 0; key < lists; key++) {
      keys.add(key);
    }
    RehearsalMemory expected = new RehearsalMemory(options);
    keys.forEach(key -> expected.add(key % rounds, List.of(example(key))));
    assertThat(expected.size()).isEqualTo(Math.min(capacity, lists));
    assertThat(expected.bytes()).isEqualTo(expected.toBytes().length);

    Collections.shuffle(keys, random);
    RehearsalMemory memory = new RehearsalMemory(options);
    for (long key : keys) {
      memory.add(key % rounds, List.of(example(key)));
      if (random.nextInt(5) == 0) {
        memory = RehearsalMemory.read(memory.toBytes(), options);
        memory.add(key % rounds, List.of(example(key)));
      }
    }
    assertThat(memory.toBytes()).isEqualTo(expected.toBytes());
    assertThat(memory.bytes()).isEqualTo(expected.bytes());
  }

  @Example
  void newerListsAreMoreLikely() {
    int rounds = 12;
    int perRound = 4000;
    int[] kept = new int[rounds];
    RehearsalMemory memory = new RehearsalMemory(options(3000, 2, 1));
    for (int round = 0; round < rounds; round++) {
      List<LearningExample> lists = new ArrayList<>();
      for (int i = 0; i < perRound; i++) {
        lists.add(example((long) round * perRound + i));
      }
      memory.add(round, lists);
    }
    for (RankingExample list : memory.lists()) {
      kept[(int) list.rows()[0] / perRound]++;
    }
    // Half after two rounds. Of the oldest too few are left to count.
    for (int round = 9; round < rounds; round++) {
      double half = (double) kept[round - 2] / kept[round];
      assertThat(half).as("round %d", round).isCloseTo(0.5, within(0.12));
    }
  }

  @Example
  void seedDecidesWhatIsKept() {
    List<LearningExample> lists = new ArrayList<>();
    for (long key = 0; key < 100; key++) {
      lists.add(example(key));
    }
    RehearsalMemory one = new RehearsalMemory(options(10, 3, 1));
    RehearsalMemory other = new RehearsalMemory(options(10, 3, 2));
    one.add(1, lists);
    other.add(1, lists);
    assertThat(other.toBytes()).isNotEqualTo(one.toBytes());
  }

  @Example
  void listsWithoutPositiveAreNotKept() {
    RehearsalMemory memory = new RehearsalMemory(options(10, 3, 1));
    memory.add(
        1, List.of(new LearningExample(1, new RankingExample(new float[2], 2, new float[2]))));
    assertThat(memory.size()).isZero();
  }

  @Example
  void smallerMemoryForgetsOnReading() {
    RehearsalMemory memory = new RehearsalMemory(options(10, 3, 1));
    for (long key = 0; key < 10; key++) {
      memory.add(1, List.of(example(key)));
    }
    RehearsalMemory smaller = RehearsalMemory.read(memory.toBytes(), options(4, 3, 1));
    assertThat(smaller.size()).isEqualTo(4);
    assertThat(smaller.lists().get(0).rows()).isEqualTo(memory.lists().get(0).rows());
  }

  private static LearningExample example(long key) {
    return new LearningExample(
        key, new RankingExample(new float[] {key, 1}, 2, new float[] {0, 1}));
  }

  private static LearningOptions options(int capacity, int halfLife, long seed) {
    return new LearningOptions(List.of(), 1, 0.01, 16, 1, 5, capacity, 1, halfLife, 100, seed);
  }
}
