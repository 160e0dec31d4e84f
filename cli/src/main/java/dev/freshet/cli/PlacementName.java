package dev.freshet.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.yaml.Suggestion;
import java.util.Set;

/** The placement that a command is about. */
final class PlacementName {

  private PlacementName() {}

  /**
   * The one that was given, if it is there.
   *
   * @param given null: the first one of the configuration
   */
  static String choose(String given, FreshetConfig config) {
    if (given == null) {
      return config.ranking().firstPlacement();
    }
    Set<String> known = config.ranking().placements().keySet();
    if (!known.contains(given)) {
      throw new CommandException(
          "There is no placement '%s' in the configuration. %s With --config FILE it is that file's."
              .formatted(
                  given,
                  Suggestion.closest(given, known)
                      .map(meant -> "Did you mean " + meant + "?")
                      .orElse("There is " + String.join(", ", known) + ".")));
    }
    return given;
  }
}
