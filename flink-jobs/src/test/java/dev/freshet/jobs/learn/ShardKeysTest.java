package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.IntSummaryStatistics;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardKeysTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 13, 16, 32, 64})
  void subtasksHaveEquallyManyShards(int shards) {
    ShardKeys keys = new ShardKeys(shards);
    for (int parallelism = 1; parallelism <= shards; parallelism++) {
      int[] count = new int[parallelism];
      for (int shard = 0; shard < shards; shard++) {
        count[
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                keys.keyOf(shard), ShardKeys.KEY_GROUPS, parallelism)]++;
      }
      IntSummaryStatistics spread = IntStream.of(count).summaryStatistics();
      assertThat(spread.getMax() - spread.getMin())
          .as("%d shards on %d subtasks", shards, parallelism)
          .isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64})
  void aKeyTellsItsShard(int shards) {
    ShardKeys keys = new ShardKeys(shards);
    for (int shard = 0; shard < shards; shard++) {
      assertThat(keys.shardOf(keys.keyOf(shard))).isEqualTo(shard);
    }
    assertThatThrownBy(() -> keys.shardOf(-1)).hasMessageContaining("made with others");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 129})
  void thereAreAsManyShardsAsKeyGroups(int shards) {
    assertThatThrownBy(() -> new ShardKeys(shards)).hasMessageContaining("from 1 to 128");
  }
}
