package dev.freshet.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Bytes of states, results of shards, and memories. */
class LearnedStateTest {
  private static final int FEATURES = PlantedLists.FEATURES;
  private static final LearningOptions OPTIONS = LearningRun.options(1, 3);

  @Test
  void initialStateIsAFunctionOfTheSeedAndScoresAllTheSame() {
    LearnedState state = LearnedState.initial(FEATURES, OPTIONS);
    assertThat(state).isEqualTo(LearnedState.initial(FEATURES, OPTIONS));
    assertThat(state.features()).isEqualTo(FEATURES);
    assertThat(state.hidden()).containsExactly(3);
    assertThat(state.round()).isZero();
    assertThat(state.isMeasured()).isFalse();
    double[] scores = state.ranker().score(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2);
    assertThat(scores[0]).isEqualTo(scores[1]);
    assertThatThrownBy(() -> LearnedState.initial(0, OPTIONS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsTakenOutDoesNotChangeTheState() {
    LearnedState state = learned();
    byte[] bytes = state.toBytes();
    MlpRanker ranker = state.ranker();
    ranker.parameters()[0] = 9;
    ranker.observe(new RankingExample(new float[] {9, 9, 9, 9}, 1, new float[1]));
    state.parameters()[0] = 9;
    state.statistics().observe(new float[] {9, 9, 9, 9});
    state.widths()[0] = 9;
    assertThat(state.toBytes()).isEqualTo(bytes);
  }

  @Test
  void stateIsTheSameAfterBytes() {
    LearnedState state = learned();
    LearnedState read = LearnedState.read(state.toBytes());
    assertThat(read).isEqualTo(state).hasSameHashCodeAs(state);
    assertThat(read.toBytes()).isEqualTo(state.toBytes());
    assertThat(read.round()).isEqualTo(3);
    assertThat(read.lists()).isEqualTo(state.lists()).isPositive();
    float[] rows = {1, 2, Float.NaN, 4};
    assertThat(read.ranker().score(rows, 1)).isEqualTo(state.ranker().score(rows, 1));
    refusesDamage(state.toBytes(), LearnedState::read);
  }

  @Test
  void resultIsTheSameAfterBytes() {
    LearnedState state = learned();
    ShardLearner learner = new ShardLearner(OPTIONS);
    RehearsalMemory memory = new RehearsalMemory(OPTIONS);
    for (List<LearningExample> lists :
        List.of(LearningRun.lists(20, 5, PlantedLists::nonlinear), List.<LearningExample>of())) {
      ShardResult result = learner.learn(state, 0, lists, memory);
      ShardResult read = ShardResult.read(result.toBytes());
      assertThat(read).isEqualTo(result).hasSameHashCodeAs(result);
      assertThat(read.loss()).isEqualTo(Double.valueOf(result.loss()));
      assertThat(read.lists()).isEqualTo(lists.size());
      assertThat(LearningRound.conclude(state, List.of(read), OPTIONS))
          .isEqualTo(LearningRound.conclude(state, List.of(result), OPTIONS));
      refusesDamage(result.toBytes(), ShardResult::read);
    }
  }

  @Test
  void memoryIsTheSameAfterBytes() {
    RehearsalMemory memory = new RehearsalMemory(OPTIONS);
    memory.add(1, LearningRun.lists(3, 1, PlantedLists::linear));
    RehearsalMemory read = RehearsalMemory.read(memory.toBytes(), OPTIONS);
    assertThat(read.toBytes()).isEqualTo(memory.toBytes());
    assertThat(read.size()).isEqualTo(3);
    assertThat(read.bytes()).isEqualTo(memory.bytes());
    refusesDamage(memory.toBytes(), bytes -> RehearsalMemory.read(bytes, OPTIONS));
  }

  /** A checksum can be right and the content wrong. */
  @Test
  void refusesNumbersThatNoStateHas() {
    byte[] bytes = learned().toBytes();
    // After kind, version, round, lists and four numbers of widths.
    int parameter = 4 + 4 + 8 + 8 + 4 + 3 * 4;
    assertThatThrownBy(
            () ->
                LearnedState.read(
                    resealed(ByteBuffer.wrap(bytes.clone()).putDouble(parameter, Double.NaN))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scores would not be finite");
    assertThatThrownBy(
            () ->
                LearnedState.read(
                    resealed(ByteBuffer.wrap(bytes.clone()).putInt(28, Integer.MAX_VALUE))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no room");
    assertThatThrownBy(
            () -> LearnedState.read(resealed(ByteBuffer.wrap(bytes.clone()).putInt(28, 5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are not the state of a learned model");
    assertThatThrownBy(
            () -> LearnedState.read(resealed(ByteBuffer.wrap(bytes.clone()).putLong(8, -1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("round -1");
  }

  private static void refusesDamage(byte[] bytes, Function<byte[], ?> read) {
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      assertThatThrownBy(() -> read.apply(damaged))
          .as("byte %d", i)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(bytes.length + " bytes are not ");
    }
    for (int length = 0; length < bytes.length; length += 7) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read.apply(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> read.apply(resealed(ByteBuffer.wrap(bytes.clone()).putInt(4, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of version 2 and this program reads version 1");
    assertThatThrownBy(() -> read.apply(resealed(ByteBuffer.wrap(bytes.clone()).putInt(0, 7))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of something else");
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
    assertThatThrownBy(() -> read.apply(resealed(ByteBuffer.wrap(longer))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 bytes too many");
  }

  private static byte[] resealed(ByteBuffer content) {
    byte[] bytes = content.array();
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    return bytes;
  }

  private static LearnedState learned() {
    LearningRun run = new LearningRun(OPTIONS, FEATURES);
    for (int round = 0; round < 3; round++) {
      run.round(LearningRun.lists(20, round, PlantedLists::nonlinear));
    }
    return run.state();
  }
}
