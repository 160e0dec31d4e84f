package dev.freshet.model.train;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * An example with a key that puts examples in an order of their own, independent of the order in
 * which they arrive.
 *
 * @param key hash of what identifies the list, such as of the recommendation's id
 * @param list the list and what became of it
 */
public record LearningExample(long key, RankingExample list) {

  /** Orders by key; where keys are equal, by content. Examples that compare as 0 are the same. */
  static final Comparator<LearningExample> ORDER =
      Comparator.comparingLong(LearningExample::key)
          .thenComparing(example -> example.list().rows(), Arrays::compare)
          .thenComparing(example -> example.list().labels(), Arrays::compare)
          .thenComparing(example -> example.list().weights(), Arrays::compare);

  /**
   * Returns the examples in their own order.
   *
   * @throws IllegalArgumentException if one has another number of features
   */
  static List<LearningExample> ordered(Collection<LearningExample> examples, int features) {
    for (LearningExample example : examples) {
      if (example.list().features() != features) {
        throw new IllegalArgumentException(
            "the example of key %d has %d features a row, the model has %d"
                .formatted(example.key(), example.list().features(), features));
      }
    }
    return examples.stream().sorted(ORDER).toList();
  }
}
