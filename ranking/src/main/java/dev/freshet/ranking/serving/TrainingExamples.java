package dev.freshet.ranking.serving;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Labels what was served with what the user did next. */
public final class TrainingExamples {

  private TrainingExamples() {}

  /**
   * @param featureNames of a row
   */
  public static TrainingExample label(
      ServedList list, RankRequest next, List<String> featureNames) {
    ByteBuffer features =
        ByteBuffer.allocate(list.features.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    features.asFloatBuffer().put(list.features);
    List<ExampleCandidate> candidates = new ArrayList<>(list.items.length);
    for (int row = 0; row < list.items.length; row++) {
      boolean isListed = row < list.listed;
      candidates.add(
          new ExampleCandidate(
              list.items[row],
              list.sources[row],
              list.scores[row],
              isListed ? row + 1 : 0,
              isListed ? 1 : list.propensity,
              list.items[row].equals(next.item) ? 1f : 0f));
    }
    return new TrainingExample(
        list.recommendationId,
        next.user,
        list.placement,
        Instant.ofEpochMilli(list.time),
        Instant.ofEpochMilli(next.time),
        list.modelVersion,
        featureNames,
        features,
        candidates,
        next.item,
        next.actionType);
  }
}
