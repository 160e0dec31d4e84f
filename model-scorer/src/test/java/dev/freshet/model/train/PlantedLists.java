package dev.freshet.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Lists whose wanted candidate is drawn by a known preference. */
final class PlantedLists {
  static final int FEATURES = 4;
  private static final int CANDIDATES = 20;

  private PlantedLists() {}

  /**
   * Wanted most: close to 1 in feature 0, and 1 and 2 of the same sign. No straight line separates
   * that.
   */
  static double nonlinear(float[] row) {
    return 4 * (row[1] * row[2]) - 4 * Math.abs(row[0] - 1);
  }

  static double linear(float[] row) {
    return 3 * row[0] - 2 * row[3];
  }

  static List<RankingExample> draw(int lists, long seed, ToDoubleFunction<float[]> preference) {
    SplittableRandom random = new SplittableRandom(seed);
    List<RankingExample> examples = new ArrayList<>();
    for (int list = 0; list < lists; list++) {
      float[] rows = new float[CANDIDATES * FEATURES];
      float[] labels = new float[CANDIDATES];
      int wanted = 0;
      double best = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < CANDIDATES; i++) {
        float[] row = new float[FEATURES];
        for (int feature = 0; feature < FEATURES; feature++) {
          row[feature] = (float) random.nextDouble(-2, 2);
        }
        // Gumbel noise on the preference: drawn by softmax, as the loss supposes.
        double value =
            preference.applyAsDouble(row) - StrictMath.log(-StrictMath.log(random.nextDouble()));
        if (value > best) {
          best = value;
          wanted = i;
        }
        System.arraycopy(row, 0, rows, i * FEATURES, FEATURES);
        rows[i * FEATURES + 3] = random.nextInt(10) == 0 ? Float.NaN : row[3];
      }
      labels[wanted] = 1;
      examples.add(new RankingExample(rows, CANDIDATES, labels));
    }
    return examples;
  }
}
