package dev.freshet.ranking.serving;

import dev.freshet.ranking.list.Placement;
import java.nio.FloatBuffer;

/** No model: what was proposed first is best. The score is the reciprocal of the place. */
public final class ProposalOrder implements Scoring {

  private final FloatBuffer scores;

  /**
   * @param capacity candidates of a list at most
   */
  public ProposalOrder(int capacity) {
    scores = FloatBuffer.allocate(capacity);
    for (int place = 0; place < capacity; place++) {
      scores.put(place, 1f / (place + 1));
    }
  }

  @Override
  public String model() {
    return Placement.NO_MODEL;
  }

  @Override
  public String version() {
    return "";
  }

  @Override
  public FloatBuffer score(float[] rows, int width, int count) {
    return scores;
  }

  @Override
  public void close() {}
}
