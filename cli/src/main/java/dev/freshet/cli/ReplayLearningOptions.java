package dev.freshet.cli;

import dev.freshet.config.TrainingConfig;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.run.RoundLength;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a replay learns, and whether it keeps its examples. */
final class ReplayLearningOptions {

  @Option(
      names = "--learn",
      negatable = true,
      description =
          "Lets the model learn: at the end of each round what it learned from serves, if it is not"
              + " shown to be worse, and what comes after waits for it. Also writes rounds.jsonl"
              + " and the last model.onnx. Default: one fixed model.")
  private boolean learn;

  @Option(
      names = "--round",
      paramLabel = "ACTIONS|DURATION",
      defaultValue = "1000",
      converter = RoundLengthConverter.class,
      description =
          "Length of a round: a number of actions or an event time, such as 1000 or 1h. Default:"
              + " ${DEFAULT-VALUE}.")
  private RoundLength round;

  @Option(
      names = "--examples",
      description = "Also writes examples.avro, for 'freshet models train'.")
  private boolean examples;

  boolean learns() {
    return learn;
  }

  /** Length of the rounds; empty: the models are fixed. */
  Optional<RoundLength> rounds() {
    return Optional.of(round).filter(length -> learn);
  }

  /**
   * @param actions of the recording
   */
  Map<String, String> overrides(int actions) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("training.examples", String.valueOf(examples || learn));
    if (learn) {
      overrides.put("training.negatives", String.valueOf(TrainingConfig.MOST_NEGATIVES));
    }
    if (learn && !examples) {
      overrides.put("training.share", String.valueOf(shareForReport(actions)));
    }
    return overrides;
  }

  /** Computes the share that yields as many examples as the report looks at, or some more. */
  private static double shareForReport(int actions) {
    return Math.min(0.999, Math.max(1e-6, 2.0 * ExampleSample.MOST_LISTS / Math.max(1, actions)));
  }
}
