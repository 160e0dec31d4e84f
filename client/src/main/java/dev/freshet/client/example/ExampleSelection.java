package dev.freshet.client.example;

import dev.freshet.schema.TrainingExample;
import java.time.Instant;
import java.util.Optional;

/**
 * Which examples are wanted.
 *
 * @param from the first label time that is wanted; empty: from the beginning
 * @param to the first label time that is no longer wanted; empty: to the end
 * @param placement whose lists are wanted; empty: those of all
 */
public record ExampleSelection(
    Optional<Instant> from, Optional<Instant> to, Optional<String> placement) {

  /** Whether an example is wanted. */
  public boolean includes(TrainingExample example) {
    Instant time = example.getLabelTime();
    return from.filter(time::isBefore).isEmpty()
        && to.filter(end -> !time.isBefore(end)).isEmpty()
        && placement.filter(name -> !name.equals(example.getPlacement())).isEmpty();
  }
}
