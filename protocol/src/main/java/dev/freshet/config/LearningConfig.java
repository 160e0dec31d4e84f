package dev.freshet.config;

import dev.freshet.model.train.LearningOptions;
import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How models go on learning from what was served, for the learning job.
 *
 * @param model name of the model that learns
 * @param every length of a round, in event time
 * @param shards into how many parts the examples of a round are divided
 * @param hidden width of each hidden layer, from the features on
 * @param learningRate size of a step
 * @param batchLists most lists per step
 * @param passes how often a round's examples are gone through
 * @param rehearsalLists how many earlier lists a shard remembers
 * @param rehearsalRatio how many remembered lists are learned again for each new one
 * @param heldOut share of the examples that judges models and is never learned from
 * @param minHeldOut held-out lists, with an item that was acted on, that a verdict on a model
 *     needs; with fewer a round gives none, and they are added up
 * @param maxDelay how far the learning job's watermark is held behind now: an example that comes
 *     within it counts for its own round
 * @param lead between the end of a round and when its model begins to serve, in event time
 * @param placement whose lists are learned from; null: the first one
 * @param seed of weights, shuffling and memory
 */
public record LearningConfig(
    String model,
    Duration every,
    int shards,
    List<Integer> hidden,
    double learningRate,
    int batchLists,
    int passes,
    int rehearsalLists,
    double rehearsalRatio,
    double heldOut,
    int minHeldOut,
    Duration maxDelay,
    Duration lead,
    @Nullable String placement,
    long seed)
    implements Section, Serializable {
  public LearningConfig {
    hidden = List.copyOf(hidden);
  }

  static LearningConfig defaults() {
    LearningOptions options = LearningOptions.defaults();
    return new LearningConfig(
        "default",
        Duration.ofMinutes(10),
        options.shards(),
        options.hidden(),
        options.learningRate(),
        options.batchLists(),
        options.passes(),
        options.rehearsalLists(),
        options.rehearsalRatio(),
        0.1,
        options.minHeldOutLists(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        null,
        options.seed());
  }

  /** Returns these options; what is not configured has its default. */
  public LearningOptions options() {
    LearningOptions defaults = LearningOptions.defaults();
    return new LearningOptions(
        hidden,
        shards,
        learningRate,
        batchLists,
        passes,
        defaults.maxGradientNorm(),
        rehearsalLists,
        rehearsalRatio,
        defaults.rehearsalHalfLife(),
        minHeldOut,
        seed);
  }

  @Override
  public void check(Check check) {
    check.name("model", model);
    check.range("every", every, Duration.ofMillis(100), Duration.ofDays(7));
    check.range("shards", shards, 1, 64);
    check.require(
        hidden.stream().allMatch(width -> width >= 1 && width <= 1024) && hidden.size() <= 8,
        "is not a list of at most 8 widths from 1 to 1024",
        "Write for example [16], or [] for a linear model.",
        "hidden");
    check.range("learning-rate", learningRate, 0.000_001, 1.0);
    check.range("batch-lists", batchLists, 1, 10_000);
    check.range("passes", passes, 1, 100);
    check.range("rehearsal-lists", rehearsalLists, 0, 1_000_000);
    check.range("rehearsal-ratio", rehearsalRatio, 0.0, 10.0);
    check.range("held-out", heldOut, 0.01, 0.5);
    check.range("min-held-out", minHeldOut, 2, 1_000_000);
    check.range("max-delay", maxDelay, Duration.ZERO, Duration.ofHours(1));
    check.range("lead", lead, Duration.ZERO, Duration.ofHours(2));
  }
}
