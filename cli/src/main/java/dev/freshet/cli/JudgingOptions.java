package dev.freshet.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.replay.judge.Judging;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Which lists of a replay are evaluated, and how. */
final class JudgingOptions {

  @Option(
      names = "--warmup",
      paramLabel = "FRACTION",
      defaultValue = "0.2",
      description = "Share of the actions that is not evaluated. Default: ${DEFAULT-VALUE}.")
  private double warmup;

  @Option(
      names = "--placement",
      paramLabel = "NAME",
      description = "Which lists are evaluated. Default: those of the first placement.")
  private String placement;

  @Option(
      names = "--lists",
      paramLabel = "next|asked",
      description =
          "Which list an action judges: 'next', the one that answered the user's action before it;"
              + " or 'asked', one that is asked for a millisecond before it, as by a page that is"
              + " opened then. Default: next; with --learn asked.")
  private Judging.Lists lists;

  @Option(
      names = "--exclude-seen",
      description =
          "Leaves what the user has seen out of the lists, and judges by items alone that are new"
              + " to their user.")
  private boolean excludeSeen;

  /**
   * Checks, and completes what was left open.
   *
   * @param learns whether the replay learns
   * @throws CommandException if a value is out of its range
   */
  void check(boolean learns) {
    if (!(warmup >= 0 && warmup < 1)) {
      throw new CommandException("--warmup " + warmup + " is not a fraction from 0 to below 1.");
    }
    if (lists == null) {
      lists = learns ? Judging.Lists.ASKED : Judging.Lists.NEXT;
    }
  }

  Judging judging(FreshetConfig config) {
    return new Judging(PlacementName.choose(placement, config), warmup, lists, excludeSeen);
  }

  /** What the lists are changed by, to be judged as asked for, by the job itself too. */
  Map<String, String> overrides(FreshetConfig config) {
    Map<String, String> changes = new HashMap<>();
    if (excludeSeen) {
      changes.put("evaluation.exclude-seen", "true");
    }
    config
        .ranking()
        .placements()
        .forEach(
            (name, configured) -> {
              String key = "ranking.placements." + name;
              if (lists == Judging.Lists.ASKED) {
                changes.put(key + ".actions", "");
              }
              if (excludeSeen) {
                Set<String> excluded = new TreeSet<>(Set.of("seen"));
                configured
                    .exclude()
                    .forEach(
                        each ->
                            excluded.add(each.name().toLowerCase(Locale.ROOT).replace('_', '-')));
                changes.put(key + ".exclude", String.join(",", excluded));
              }
            });
    return changes;
  }
}
