package dev.freshet.replay.judge;

import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Training examples for the tests. */
public final class ScoredExamples {
  private ScoredExamples() {}

  /**
   * An example of the placement of {@link Recommendations}, all candidates kept.
   *
   * @param names of the features
   * @param rows one of features for each candidate
   * @param wanted row of what was wanted; -1: none
   */
  public static TrainingExample example(
      String id,
      String user,
      long time,
      List<String> names,
      float[][] rows,
      float[] scores,
      int wanted) {
    ByteBuffer features =
        ByteBuffer.allocate(rows.length * names.size() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    List<ExampleCandidate> candidates = new ArrayList<>();
    for (int row = 0; row < rows.length; row++) {
      for (float value : rows[row]) {
        features.putFloat(value);
      }
      candidates.add(
          new ExampleCandidate(
              "i" + row, "knn", scores[row], row + 1, 1f, row == wanted ? 1f : 0f));
    }
    return new TrainingExample(
        id,
        user,
        Recommendations.PLACEMENT,
        Instant.ofEpochMilli(time),
        Instant.ofEpochMilli(time + 1),
        "v1",
        names,
        features.flip(),
        candidates,
        "i" + wanted,
        "view");
  }
}
