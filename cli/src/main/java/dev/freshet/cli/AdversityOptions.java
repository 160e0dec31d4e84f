package dev.freshet.cli;

import dev.freshet.replay.run.Adversity;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What is done to a replay to try its exactness. */
final class AdversityOptions {

  @Option(
      names = "--max-delay",
      paramLabel = "DURATION",
      description =
          "watermark.max-delay, over that of the configuration: how late an action may come.")
  private String maxDelay;

  @Option(
      names = "--disorder",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "To try the exactness: sends this share of the actions late, each by up to --max-delay."
              + " Must change nothing.")
  private double disorder;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "To try the exactness: sends every action so many times. Must change nothing but the"
              + " duplicates.")
  private int copies;

  @Option(
      names = "--crash",
      description =
          "To try the exactness: kills the job in the middle and restores it from a checkpoint."
              + " Must change nothing.")
  private boolean crash;

  /**
   * @throws CommandException if a value is out of its range
   */
  Adversity adversity() {
    try {
      return new Adversity(disorder, copies, crash);
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage() + ".");
    }
  }

  Map<String, String> overrides() {
    Map<String, String> overrides = new HashMap<>();
    if (maxDelay != null) {
      overrides.put("watermark.max-delay", maxDelay);
    }
    if (crash) {
      overrides.put("checkpoints.interval", "200ms");
    }
    return overrides;
  }
}
