package dev.freshet.client.example;

import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Training examples for the tests. */
public final class ExampleLists {
  /** Features of every example. */
  public static final List<String> FEATURES = List.of("clicks", "age");

  private ExampleLists() {}

  /**
   * A list of three: the second candidate was acted on; a sampled negative is the third. Features
   * are (label time, row) except for one that is not known.
   */
  public static TrainingExample example(String id, long labelTime) {
    return example(
        id,
        labelTime,
        new float[] {labelTime, 0, labelTime, Float.NaN, labelTime, 2},
        List.of(
            new ExampleCandidate("a", "popular", 2.5f, 1, 1f, 0f),
            new ExampleCandidate("b, \"quoted\"", "transition", 1.25f, 2, 1f, 1f),
            new ExampleCandidate("c", "new", -1e-9f, 0, 0.125f, 0f)));
  }

  /** An example of the given rows of {@link #FEATURES}. */
  public static TrainingExample example(
      String id, long labelTime, float[] features, List<ExampleCandidate> candidates) {
    ByteBuffer bytes =
        ByteBuffer.allocate(features.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(features);
    return new TrainingExample(
        id,
        "u1",
        "home",
        Instant.ofEpochMilli(labelTime - 5),
        Instant.ofEpochMilli(labelTime),
        "v1",
        FEATURES,
        bytes,
        new ArrayList<>(candidates),
        "b, \"quoted\"",
        "click");
  }
}
