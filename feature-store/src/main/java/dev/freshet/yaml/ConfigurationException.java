package dev.freshet.yaml;

import java.util.List;

/**
 * The configuration can't be used. The message is a list for a person: every problem that was
 * found, each with its place, its key and what to do.
 *
 * <pre>
 * The configuration has 2 errors:
 *   freshet.yaml:3:14: watermark.max-delay: '10' has no unit. Add one: ms, s, m, h or d (...).
 *   override job.parallelism: 'four' is not a whole number. Write digits only, such as 20.
 * </pre>
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigurationException(List<String> problems) {
    super(
        (problems.size() == 1
                ? "The configuration has an error:\n  "
                : "The configuration has " + problems.size() + " errors:\n  ")
            + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** The single problems, each with place, key and remedy, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
