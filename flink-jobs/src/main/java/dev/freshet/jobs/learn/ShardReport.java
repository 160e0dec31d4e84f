package dev.freshet.jobs.learn;

/** What a shard made of a round; or just that there are examples. */
public class ShardReport {

  public long round;

  /** When the round ends, in milliseconds since the epoch. */
  public long end;

  public int shard;

  /**
   * {@link dev.freshet.model.train.ShardResult} as bytes; null: nothing was learned yet, there are
   * examples of a round that ends at {@link #end}.
   */
  public byte[] result;

  /** The shard's held-out examples of the round, as {@link StoredExample} has them. */
  public byte[][] heldOut;

  /** How the features' values were distributed, as {@link FeatureCounts} has it. */
  public byte[] counts;

  public ShardReport() {}

  /** Tells of a round that has, or counts as if it had, examples. */
  public static ShardReport ofExamples(long end) {
    ShardReport report = new ShardReport();
    report.end = end;
    return report;
  }
}
