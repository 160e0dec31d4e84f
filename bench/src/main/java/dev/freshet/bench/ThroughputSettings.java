package dev.freshet.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code bench throughput} measures. The first value of each dimension is the base; the others
 * are measured with all other dimensions at the base.
 *
 * @param maxDelays a job for each, as in {@code watermark.max-delay}
 * @param backlog actions of a drain
 * @param warmUps drains of each job that don't count
 * @param drains of each job that do
 * @param paced null: the highest paced rate is not looked for
 * @param history actions before the measurement
 */
public record ThroughputSettings(
    List<Integer> candidates,
    List<Integer> items,
    List<Integer> users,
    List<Integer> parallelism,
    List<StateBackend> stateBackends,
    List<String> maxDelays,
    int backlog,
    int warmUps,
    int drains,
    Paced paced,
    int history) {

  /**
   * How the highest paced rate is looked for.
   *
   * @param boundMillis that the 99th percentile must not exceed
   * @param seconds of a window
   */
  public record Paced(double boundMillis, double seconds) {}

  /** A job that is measured, with each delay. */
  public record Point(
      int candidates, int items, int users, int parallelism, StateBackend stateBackend) {}

  public ThroughputSettings {
    candidates = List.copyOf(candidates);
    items = List.copyOf(items);
    users = List.copyOf(users);
    parallelism = List.copyOf(parallelism);
    stateBackends = List.copyOf(stateBackends);
    maxDelays = List.copyOf(maxDelays);
  }

  Optional<Paced> pacing() {
    return Optional.ofNullable(paced);
  }

  /** The base, and what differs from it in one dimension. */
  List<Point> points() {
    Point base =
        new Point(
            candidates.get(0),
            items.get(0),
            users.get(0),
            parallelism.get(0),
            stateBackends.get(0));
    Set<Point> points = new LinkedHashSet<>();
    points.add(base);
    for (int value : candidates) {
      points.add(new Point(value, base.items, base.users, base.parallelism, base.stateBackend));
    }
    for (int value : items) {
      points.add(
          new Point(base.candidates, value, base.users, base.parallelism, base.stateBackend));
    }
    for (int value : users) {
      points.add(
          new Point(base.candidates, base.items, value, base.parallelism, base.stateBackend));
    }
    for (int value : parallelism) {
      points.add(new Point(base.candidates, base.items, base.users, value, base.stateBackend));
    }
    for (StateBackend value : stateBackends) {
      points.add(new Point(base.candidates, base.items, base.users, base.parallelism, value));
    }
    return new ArrayList<>(points);
  }
}
