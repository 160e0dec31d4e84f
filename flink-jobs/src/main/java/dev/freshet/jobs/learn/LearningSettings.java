package dev.freshet.jobs.learn;

import dev.freshet.model.train.LearnedState;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.protocol.model.Rounds;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What is learned, from what, and when.
 *
 * @param model name of the model that learns
 * @param featureNames of a row, in order; examples of others are left out
 * @param options how it learns
 * @param rounds where rounds end
 * @param heldOut share of the examples that judges models and is never learned from, from 0 to
 *     below 1
 * @param placement whose lists are learned from
 * @param lead between the end of a round and the activation of its model, in event time: live, the
 *     model has to be there when it is to serve; in a replay that waits for it, zero
 * @param start what the topics had when the run began
 */
public record LearningSettings(
    String model,
    List<String> featureNames,
    LearningOptions options,
    Rounds rounds,
    double heldOut,
    String placement,
    Duration lead,
    LearningStart start)
    implements Serializable {

  private static final long serialVersionUID = 1;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public LearningSettings {
    featureNames = List.copyOf(featureNames);
    if (featureNames.isEmpty()) {
      throw new IllegalArgumentException("no features to learn from");
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new IllegalArgumentException("held-out share " + heldOut + "; from 0 to below 1");
    }
    if (lead.isNegative()) {
      throw new IllegalArgumentException("lead " + lead + "; from zero");
    }
  }

  /** What the first round starts from. */
  LearnedState initialState() {
    return LearnedState.initial(featureNames.size(), options);
  }

  /**
   * Up to when it is settled what serves once a round's model, if any, is planned: no later model
   * begins to serve before the one of the next round, at its end.
   */
  long settledUntil(long end) {
    return rounds.after(end);
  }

  /** When the model of a round begins to serve: the first time that isn't the round's own. */
  long activation(long end) {
    return end + 1 + lead.toMillis();
  }
}
