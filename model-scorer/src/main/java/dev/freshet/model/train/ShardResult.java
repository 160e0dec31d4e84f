package dev.freshet.model.train;

import java.util.Arrays;

/**
 * What a shard made of its examples of a round. Immutable; two results are equal if their
 * {@linkplain #toBytes bytes} are.
 */
public final class ShardResult {
  private static final int KIND = 0x464C5352; // FLSR
  private static final int VERSION = 1;

  private final long round;
  private final int shard;
  private final int lists;
  private final int listsWithoutPositive;
  private final int rehearsedLists;
  private final int steps;
  private final int skippedSteps;
  private final double loss;
  private final double[] parameters;
  private final AdamMoments moments;
  private final FeatureNormalizer observed;

  /**
   * Takes over the arrays.
   *
   * @param parameters after the last step; none if there was no step
   */
  ShardResult(
      long round,
      int shard,
      int lists,
      int listsWithoutPositive,
      int rehearsedLists,
      int steps,
      int skippedSteps,
      double loss,
      double[] parameters,
      AdamMoments moments,
      FeatureNormalizer observed) {
    this.round = round;
    this.shard = shard;
    this.lists = lists;
    this.listsWithoutPositive = listsWithoutPositive;
    this.rehearsedLists = rehearsedLists;
    this.steps = steps;
    this.skippedSteps = skippedSteps;
    this.loss = loss;
    this.parameters = parameters;
    this.moments = moments;
    this.observed = observed;
  }

  /** Returns the round that this is part of, counted from 1. */
  public long round() {
    return round;
  }

  /** Returns the shard, counted from 0. */
  public int shard() {
    return shard;
  }

  /** Returns how many new lists had a positive label; the weight of this in the average. */
  public int lists() {
    return lists;
  }

  /** Returns how many new lists had no positive label; only their features were observed. */
  public int listsWithoutPositive() {
    return listsWithoutPositive;
  }

  /** Returns how often lists of the memory were learned again, in all passes together. */
  public int rehearsedLists() {
    return rehearsedLists;
  }

  /** Returns how many steps the optimiser was to take. */
  public int steps() {
    return steps;
  }

  /** Returns how many of the steps were not taken because their gradient was not finite. */
  public int skippedSteps() {
    return skippedSteps;
  }

  /**
   * Returns the mean loss of the new lists when each was first learned from, in nats; NaN if
   * nothing was learned.
   */
  public double loss() {
    return loss;
  }

  double[] parameters() {
    return parameters;
  }

  AdamMoments moments() {
    return moments;
  }

  FeatureNormalizer observed() {
    return observed;
  }

  /** Returns this result as bytes: the same for equal results, on every machine. */
  public byte[] toBytes() {
    CheckedBytes.Writer writer = new CheckedBytes.Writer(KIND, VERSION);
    writer.putLong(round);
    writer.putInt(shard);
    writer.putInt(lists);
    writer.putInt(listsWithoutPositive);
    writer.putInt(rehearsedLists);
    writer.putInt(steps);
    writer.putInt(skippedSteps);
    writer.putDouble(loss);
    writer.putInt(parameters.length);
    writer.putDoubles(parameters);
    writer.putDoubles(moments.first());
    writer.putDoubles(moments.second());
    writer.putDouble(moments.firstRest());
    writer.putDouble(moments.secondRest());
    writer.putInt(observed.features());
    observed.write(writer);
    return writer.toBytes();
  }

  /**
   * Reads what {@link #toBytes} wrote. Parameters need not be finite: whether they are is for
   * {@link LearningRound} to judge.
   *
   * @throws IllegalArgumentException if the bytes are of something else or of another version, or
   *     are damaged
   */
  public static ShardResult read(byte[] bytes) {
    CheckedBytes.Reader reader =
        new CheckedBytes.Reader("the result of a shard", KIND, VERSION, bytes);
    long round = reader.getLong();
    int shard = reader.getInt();
    int lists = reader.getInt();
    int listsWithoutPositive = reader.getInt();
    int rehearsedLists = reader.getInt();
    int steps = reader.getInt();
    int skippedSteps = reader.getInt();
    double loss = reader.getDouble();
    int size = reader.getInt();
    double[] parameters = reader.getDoubles(size);
    AdamMoments moments =
        new AdamMoments(
            reader.getDoubles(size),
            reader.getDoubles(size),
            reader.getDouble(),
            reader.getDouble());
    int features = reader.getInt();
    reader.require(
        round >= 1
            && shard >= 0
            && lists >= 0
            && steps >= 0
            && features >= 1
            && features <= bytes.length,
        "round %d, shard %d, %d lists, %d steps, %d features"
            .formatted(round, shard, lists, steps, features));
    FeatureNormalizer observed = FeatureNormalizer.read(features, reader);
    reader.end();
    return new ShardResult(
        round,
        shard,
        lists,
        listsWithoutPositive,
        rehearsedLists,
        steps,
        skippedSteps,
        loss,
        parameters,
        moments,
        observed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardResult result && Arrays.equals(toBytes(), result.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "ShardResult[round %d, shard %d, %d lists, %d rehearsed, %d steps, %d skipped, loss %s]"
        .formatted(round, shard, lists, rehearsedLists, steps, skippedSteps, loss);
  }
}
