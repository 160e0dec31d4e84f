package dev.freshet.config;

import java.io.Serializable;

/**
 * What is written for training.
 *
 * @param examples whether training examples are written
 * @param negatives candidates kept per example besides those that were shown
 * @param share of the lists, by a hash of their ids, whose examples are written
 */
public record TrainingConfig(boolean examples, int negatives, double share)
    implements Section, Serializable {
  /** The greatest {@code training.negatives}: more candidates than a list can have. */
  public static final int MOST_NEGATIVES = 1_000;

  static TrainingConfig defaults() {
    return new TrainingConfig(false, 24, 1);
  }

  @Override
  public void check(Check check) {
    check.range("negatives", negatives, 0, MOST_NEGATIVES);
    check.range("share", share, 1e-6, 1.0);
  }
}
