package dev.freshet.jobs.learn;

/** An example on its way to its shard. */
public class ShardExample {

  public int shard;

  /** When it was labelled, in milliseconds since the epoch: decides the round. */
  public long time;

  /** Identifies the list. */
  public long key;

  /** As {@link StoredExample} has it. */
  public byte[] bytes;

  public ShardExample() {}
}
