package dev.freshet.config;

import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a {@link Section} reports illegal values to; it adds the place where the value was set. */
final class Check {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(?<port>[0-9]{1,5})");

  private final String section;
  private final Map<String, Origin> origins;
  private final Problems problems;

  /**
   * @param section full key of the section; empty for the whole file
   * @param origins where each full key was set; a key that has its default is absent
   */
  Check(String section, Map<String, Origin> origins, Problems problems) {
    this.section = section;
    this.origins = origins;
    this.problems = problems;
  }

  /** Requires {@code least <= value <= most}. */
  <T extends Comparable<T>> void range(String key, T value, T least, T most) {
    boolean inRange = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    require(
        inRange,
        Scalars.write(value) + " is out of range",
        "Write a value from " + Scalars.write(least) + " to " + Scalars.write(most) + ".",
        key);
  }

  /**
   * Requires a condition on one key or on several together.
   *
   * @param problem what is wrong when it doesn't hold, without a full stop
   * @param remedy what to do, a sentence
   * @param keys the keys that it depends on, within the section; the problem is reported at the
   *     first that was set, and not at all when one of them was found wrong before
   */
  void require(boolean holds, String problem, String remedy, String... keys) {
    if (holds) {
      return;
    }
    List<String> paths = Stream.of(keys).map(key -> Binder.child(section, key)).toList();
    if (paths.stream().anyMatch(problems::has)) {
      return;
    }
    String path = paths.stream().filter(origins::containsKey).findFirst().orElse(paths.get(0));
    Origin origin = origins.getOrDefault(path, new Origin("default", 0, 0));
    problems.add(origin, path, problem, remedy);
  }

  /** Requires a name: of a model, a project, the start of keys. */
  void name(String key, String name) {
    require(
        NAME.matcher(name).matches(),
        "is not a name",
        "Use 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.",
        key);
  }

  /** Whether a text is {@code host:port}, the host in brackets when it is an IPv6 address. */
  static boolean isHostAndPort(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group("port"));
    return port >= 1 && port <= 65_535;
  }
}
