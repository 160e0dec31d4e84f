package dev.freshet.ranking.serving;

import dev.freshet.ranking.feature.RankingFeatures;
import java.nio.FloatBuffer;

/** Gives each candidate of a list a score. For one thread. */
public interface Scoring extends AutoCloseable {

  /** Name of the model, as in recommendations. */
  String model();

  /** Version of the model, as in recommendations. */
  String version();

  /**
   * Scores all candidates of one list.
   *
   * @param rows row-major, the features of {@link RankingFeatures#names} for each candidate
   * @param width features of a row
   * @param count candidates, at least 1
   * @return a score for each, valid until the next call
   */
  FloatBuffer score(float[] rows, int width, int count);

  @Override
  void close();
}
