package dev.freshet.jobs.learn;

import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Keys for shards such that Flink gives every subtask as many as another, or one more. Flink cuts
 * the hashes of keys into groups and the groups into ranges, one for each subtask; so the keys are
 * chosen for the groups that their hashes fall into, evenly over all groups.
 */
public final class ShardKeys implements Serializable {

  /** Key groups of the operator, whatever its parallelism. */
  public static final int KEY_GROUPS = 128;

  private static final long serialVersionUID = 1;

  private final int[] keys;

  /**
   * @param shards from 1 to {@value #KEY_GROUPS}
   */
  public ShardKeys(int shards) {
    if (shards < 1 || shards > KEY_GROUPS) {
      throw new IllegalArgumentException(
          "%d shards; from 1 to %d, as many as there are key groups".formatted(shards, KEY_GROUPS));
    }
    keys = new int[shards];
    for (int shard = 0; shard < shards; shard++) {
      int group = (2 * shard + 1) * KEY_GROUPS / (2 * shards);
      int key = 0;
      while (KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS) != group) {
        key++;
      }
      keys[shard] = key;
    }
  }

  public int keyOf(int shard) {
    return keys[shard];
  }

  /**
   * The shard of a key.
   *
   * @throws IllegalArgumentException if no shard has it
   */
  int shardOf(int key) {
    for (int shard = 0; shard < keys.length; shard++) {
      if (keys[shard] == key) {
        return shard;
      }
    }
    throw new IllegalArgumentException(
        "key %d is of none of the %d shards: the checkpoint was made with others. Start without it; learning goes on from the last round of the topic"
            .formatted(key, keys.length));
  }
}
