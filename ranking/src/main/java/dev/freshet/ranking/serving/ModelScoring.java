package dev.freshet.ranking.serving;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import java.nio.FloatBuffer;
import java.util.List;

/** Scores with an ONNX model. */
public final class ModelScoring implements Scoring {

  private final String model;
  private final String version;
  private final OnnxScorer scorer;

  /** For each feature of the model, where it stands in a row. */
  private final int[] columns;

  /** The model takes whole rows, as they are. */
  private final boolean wholeRows;

  /**
   * @param scorer of the model, closed with this
   * @param names of a row's features, among them all of the model's
   * @param mostCandidates of a list: so much room is made at once
   */
  public ModelScoring(
      ModelBundle bundle, OnnxScorer scorer, List<String> names, int mostCandidates) {
    this.model = bundle.name();
    this.version = bundle.version();
    this.scorer = scorer;
    this.columns = bundle.featureNames().stream().mapToInt(names::indexOf).toArray();
    this.wholeRows = bundle.featureNames().equals(names);
    scorer.input(mostCandidates);
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public FloatBuffer score(float[] rows, int width, int count) {
    FloatBuffer input = scorer.input(count);
    if (wholeRows) {
      input.put(rows, 0, count * width);
    } else {
      for (int candidate = 0, row = 0; candidate < count; candidate++, row += width) {
        for (int column : columns) {
          input.put(rows[row + column]);
        }
      }
    }
    return scorer.score(count);
  }

  @Override
  public void close() {
    scorer.close();
  }
}
