package dev.freshet.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that everything is reported at once. */
public final class Problems {
  private record Problem(Origin origin, String key, String text) {}

  private final List<Problem> problems = new ArrayList<>();

  /**
   * @param key the full key, or empty when the problem is with the file
   * @param problem what is wrong, without a full stop
   * @param remedy what to do, a sentence
   */
  public void add(Origin origin, String key, String problem, String remedy) {
    String place = origin + ": ";
    // An override names its key already.
    String subject = key.isEmpty() || origin.equals(Origin.override(key)) ? "" : key + ": ";
    // One line each, also when a file name or YAML's own message holds a line break.
    String text = (place + subject + problem + ". " + remedy).replaceAll("\\p{Cntrl}+", " ");
    problems.add(new Problem(origin, key, text));
  }

  /** Whether a key was already found wrong; what follows from that isn't worth a second line. */
  public boolean has(String key) {
    return problems.stream().anyMatch(problem -> problem.key.equals(key));
  }

  public void throwIfAny() {
    if (!problems.isEmpty()) {
      throw exception();
    }
  }

  /** Everything so far, in the order of the file. */
  public ConfigurationException exception() {
    return new ConfigurationException(
        problems.stream()
            .sorted(Comparator.comparing(Problem::origin))
            .map(Problem::text)
            .toList());
  }
}
