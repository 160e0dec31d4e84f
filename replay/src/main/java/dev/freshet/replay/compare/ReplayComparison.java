package dev.freshet.replay.compare;

import dev.freshet.evaluation.PairedRanks;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.reader.ReplayInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two replays of the same actions side by side, test by test.
 *
 * @param a folder of the first
 * @param b folder of the second
 * @param settings what is known of how they were run: name to the values of both
 * @param notComparable why the two can't be compared; if there is anything, there are no placements
 * @param onlyInOne placements that only one of them has
 * @param placements those that both have
 */
public record ReplayComparison(
    Path a,
    Path b,
    Map<String, Both> settings,
    List<String> notComparable,
    List<String> onlyInOne,
    List<Placement> placements) {

  /** What decides which actions judge, and which lists; name in the summary to that for people. */
  private static final Map<String, String> MUST_BE_EQUAL = new LinkedHashMap<>();

  static {
    MUST_BE_EQUAL.put("actions", "number of actions");
    MUST_BE_EQUAL.put("warmup", "warm-up (--warmup)");
    MUST_BE_EQUAL.put("lists", "kind of lists (--lists)");
    MUST_BE_EQUAL.put("exclude_seen", "--exclude-seen");
  }

  private static final List<String> SHOWN =
      List.of(
          "model_version",
          "placement",
          "actions",
          "warmup",
          "lists",
          "exclude_seen",
          "parallelism",
          "seconds",
          "late",
          "duplicates",
          "dead_letters",
          "recommendations_sha256",
          "features_sha256");

  public ReplayComparison {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    notComparable = List.copyOf(notComparable);
    onlyInOne = List.copyOf(onlyInOne);
    placements = List.copyOf(placements);
  }

  /** A value of both. */
  public record Both(String a, String b) {}

  /**
   * A placement of both.
   *
   * @param tests how many actions judged a list of each
   * @param users number of users that made them
   * @param metrics in the order of {@link RankMetric}
   * @param lists what the lists show, without any test: name to the values of both
   */
  public record Placement(
      String name,
      int tests,
      int users,
      List<PairedRanks.Comparison> metrics,
      Map<String, BothNumbers> lists) {
    public Placement {
      metrics = List.copyOf(metrics);
      lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
    }
  }

  /** A number of both; NaN where it is not known. */
  public record BothNumbers(double a, double b) {}

  /** Whether the two can be compared. */
  public boolean isComparable() {
    return notComparable.isEmpty();
  }

  /**
   * Compares two folders.
   *
   * @throws ReplayInputException if one is not a replay's; the message says what to do
   */
  public static ReplayComparison of(Path a, Path b) throws IOException {
    ReplayOutput first = ReplayOutput.read(a);
    ReplayOutput second = ReplayOutput.read(b);
    Map<String, Both> settings = new LinkedHashMap<>();
    for (String key : SHOWN) {
      settings.put(key, new Both(first.text(key), second.text(key)));
    }
    Set<String> common = new LinkedHashSet<>(first.tests().keySet());
    common.retainAll(second.tests().keySet());
    Set<String> onlyInOne = new LinkedHashSet<>(first.tests().keySet());
    onlyInOne.addAll(second.tests().keySet());
    onlyInOne.removeAll(common);
    List<String> reasons = reasons(first, second, common);
    List<Placement> placements = new ArrayList<>();
    if (reasons.isEmpty()) {
      for (String name : common) {
        placements.add(compare(name, first, second));
      }
    }
    return new ReplayComparison(a, b, settings, reasons, List.copyOf(onlyInOne), placements);
  }

  private static List<String> reasons(ReplayOutput first, ReplayOutput second, Set<String> common) {
    List<String> reasons = new ArrayList<>();
    MUST_BE_EQUAL.forEach(
        (key, name) -> {
          if (!first.text(key).equals(second.text(key))) {
            reasons.add(
                "The %s differs: %s and %s.".formatted(name, first.text(key), second.text(key)));
          }
        });
    if (common.isEmpty()) {
      reasons.add(
          "They have no placement in common that has a test: %s and %s."
              .formatted(first.tests().keySet(), second.tests().keySet()));
    }
    if (!reasons.isEmpty()) {
      return reasons;
    }
    for (String name : common) {
      JudgedTests left = first.tests().get(name);
      JudgedTests right = second.tests().get(name);
      int difference = left.firstDifference(right);
      if (difference >= 0) {
        reasons.add(
            "The actions differ: of placement %s, test %,d of %,d and %,d is not of the same event id, user, item and time."
                .formatted(name, difference + 1, left.size(), right.size()));
      }
    }
    return reasons;
  }

  private static Placement compare(String name, ReplayOutput first, ReplayOutput second) {
    JudgedTests left = first.tests().get(name);
    JudgedTests right = second.tests().get(name);
    PairedRanks ranks = new PairedRanks(left.users());
    for (int test = 0; test < left.size(); test++) {
      ranks.add(left.user(test), left.rank(test), right.rank(test));
    }
    return new Placement(
        name, ranks.tests(), ranks.users(), ranks.compare(), lists(name, first, second));
  }

  private static Map<String, BothNumbers> lists(
      String placement, ReplayOutput first, ReplayOutput second) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("Coverage@10", "/coverage@10");
    shown.put("Gini index@10", "/gini@10");
    shown.put("Novelty@10 (bits)", "/novelty_bits@10/value");
    Map<String, BothNumbers> found = new LinkedHashMap<>();
    shown.forEach(
        (name, pointer) ->
            found.put(
                name,
                new BothNumbers(
                    first.ofPlacement(placement, pointer),
                    second.ofPlacement(placement, pointer))));
    return found;
  }
}
