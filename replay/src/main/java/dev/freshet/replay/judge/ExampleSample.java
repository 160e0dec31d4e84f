package dev.freshet.replay.judge;

import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Some of a replay's training examples, spread evenly over it: those with the smallest hashes of
 * their recommendation ids. The same examples give the same sample, in whatever order they come.
 * For one thread.
 */
public final class ExampleSample {

  /** Lists that are kept at most. */
  public static final int MOST_LISTS = 2_000;

  private record Hashed(long hash, TrainingExample example) {}

  private static final Comparator<Hashed> LARGEST_FIRST =
      Comparator.comparingLong(Hashed::hash)
          .thenComparing(hashed -> hashed.example().getRecommendationId())
          .reversed();

  private final String placement;
  private final Instant from;
  private final PriorityQueue<Hashed> kept = new PriorityQueue<>(LARGEST_FIRST);
  private long lists;
  private long answered;

  /**
   * @param placement whose lists count
   * @param from lists before this event time don't
   */
  public ExampleSample(String placement, Instant from) {
    this.placement = placement;
    this.from = from;
  }

  /** Takes an example, or passes it over. */
  public void offer(TrainingExample example) {
    if (!example.getPlacement().equals(placement) || example.getServedTime().isBefore(from)) {
      return;
    }
    lists++;
    if (wanted(example) < 0) {
      return;
    }
    answered++;
    long hash = FeatureEvent.hash(example.getRecommendationId());
    if (kept.size() < MOST_LISTS) {
      kept.add(new Hashed(hash, example));
    } else if (LARGEST_FIRST.compare(kept.peek(), new Hashed(hash, example)) < 0) {
      kept.remove();
      kept.add(new Hashed(hash, example));
    }
  }

  /** Row of the candidate that the user wanted; -1: it is not among them. */
  static int wanted(TrainingExample example) {
    List<ExampleCandidate> candidates = example.getCandidates();
    for (int row = 0; row < candidates.size(); row++) {
      if (candidates.get(row).getLabel() > 0) {
        return row;
      }
    }
    return -1;
  }

  /** Lists of the placement that were offered. */
  public long lists() {
    return lists;
  }

  /**
   * Number of these lists with the wanted item among their candidates. The others carry no
   * information.
   */
  public long answered() {
    return answered;
  }

  /** The sample, in the order of label times. */
  public List<TrainingExample> examples() {
    return kept.stream()
        .map(Hashed::example)
        .sorted(
            Comparator.comparing(TrainingExample::getLabelTime)
                .thenComparing(TrainingExample::getRecommendationId))
        .toList();
  }
}
