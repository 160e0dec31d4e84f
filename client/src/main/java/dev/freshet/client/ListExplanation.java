package dev.freshet.client;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import dev.freshet.schema.Explanation;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A list, scored anew from what was recorded of it: do the scores come out to the same digit, and
 * which features made them?
 */
public final class ListExplanation {

  /**
   * What a feature did for an item.
   *
   * @param name of the feature
   * @param value as it was scored; NaN: unknown
   * @param effect how much higher the item's score is than it would be if the feature were unknown
   */
  public record Effect(String name, float value, float effect) {}

  private final Explanation explanation;
  private final List<String> names;
  private final float[] rows;
  private final List<String> modelFeatures;
  private final float[] scores;

  /** Items x features of the model. */
  private final float[] effects;

  /**
   * Scores a list anew.
   *
   * @param model the version that scored it
   */
  public ListExplanation(Explanation explanation, ModelBundle model) {
    this.explanation = explanation;
    this.names = explanation.getFeatureNames();
    FloatBuffer recorded =
        explanation.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    this.rows = new float[recorded.remaining()];
    recorded.get(rows);
    this.modelFeatures = model.featureNames();
    int items = items();
    this.scores = new float[items];
    this.effects = new float[items * modelFeatures.size()];
    try (OnnxScorer scorer = new OnnxScorer(model)) {
      score(scorer, -1, scores);
      float[] without = new float[items];
      for (int feature = 0; feature < modelFeatures.size(); feature++) {
        score(scorer, feature, without);
        for (int item = 0; item < items; item++) {
          effects[item * modelFeatures.size() + feature] = scores[item] - without[item];
        }
      }
    }
  }

  private void score(OnnxScorer scorer, int without, float[] to) {
    int items = items();
    FloatBuffer input = scorer.input(items);
    for (int item = 0; item < items; item++) {
      for (int feature = 0; feature < modelFeatures.size(); feature++) {
        input.put(feature == without ? Float.NaN : value(item, modelFeatures.get(feature)));
      }
    }
    scorer.score(items).get(to, 0, items);
  }

  private int items() {
    return explanation.getItems().size();
  }

  private float value(int item, String feature) {
    return rows[item * names.size() + names.indexOf(feature)];
  }

  /** The score of an item as it comes out now. */
  public float score(int item) {
    return scores[item];
  }

  /** Whether each score is what it was, to the last bit. */
  public boolean isReproduced() {
    for (int item = 0; item < items(); item++) {
      if (Float.floatToIntBits(scores[item])
          != Float.floatToIntBits(explanation.getItems().get(item).getScore())) {
        return false;
      }
    }
    return true;
  }

  /** The model's features for an item, those with the greatest effect first. */
  public List<Effect> effects(int item) {
    List<Effect> all = new ArrayList<>();
    for (int feature = 0; feature < modelFeatures.size(); feature++) {
      String name = modelFeatures.get(feature);
      all.add(new Effect(name, value(item, name), effects[item * modelFeatures.size() + feature]));
    }
    all.sort(Comparator.comparing((Effect effect) -> Math.abs(effect.effect())).reversed());
    return all;
  }
}
