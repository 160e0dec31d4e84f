package dev.freshet.jobs.learn;

/** What a shard has to know of a round before the next one can begin. */
public class LearnedRound {

  public int shard;

  public long round;

  /** When it ended, in milliseconds since the epoch. */
  public long end;

  /** {@link dev.freshet.model.train.LearnedState} as bytes. */
  public byte[] state;

  /** Whether it is before all rounds, and not the end of one. */
  public boolean initial;

  public LearnedRound() {}
}
