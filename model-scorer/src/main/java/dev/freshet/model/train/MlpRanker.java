package dev.freshet.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A small neural network that scores a row of features: normalisation, dense layers with ReLU, one
 * score. Without hidden layers it is a linear model.
 *
 * <p>A feature that is NaN counts as that feature's mean, in training and in the exported graph.
 * Every input has a finite score. Features that were never seen to vary are ignored, so a ranker
 * that has {@linkplain #observe observed} nothing gives every row the same score.
 *
 * <p>Everything is deterministic: the same seed and the same calls give the same weights, bit for
 * bit, on every machine. Not thread safe.
 */
public final class MlpRanker {
  /** Widths from the input to the score. */
  private final int[] widths;

  /**
   * Where each layer's weights begin in the parameters: inputs x outputs, row-major, then one bias
   * per output.
   */
  private final int[] offsets;

  private final double[] parameters;
  private final FeatureNormalizer normalizer;

  // Scratch, one array per layer. Values lie unit by unit, all rows of a unit together: the inner
  // loops run over rows and vectorise.
  private final double[][] activations;
  private final double[][] deltas;

  /**
   * A network with random weights (He et al., "Delving deep into rectifiers", 2015; uniform).
   *
   * @param features how many features a row has, at least 1
   * @param hiddenWidths width of each hidden layer, from the input on; none for a linear model
   * @param seed of the weights
   */
  public MlpRanker(int features, int[] hiddenWidths, long seed) {
    int layers = hiddenWidths.length + 1;
    widths = new int[layers + 1];
    widths[0] = features;
    System.arraycopy(hiddenWidths, 0, widths, 1, hiddenWidths.length);
    widths[layers] = 1;
    offsets = new int[layers];
    int size = 0;
    for (int layer = 0; layer < layers; layer++) {
      if (widths[layer] < 1) {
        throw new IllegalArgumentException(
            "widths %s; every one is at least 1".formatted(Arrays.toString(widths)));
      }
      offsets[layer] = size;
      size = Math.addExact(size, Math.multiplyExact(widths[layer] + 1, widths[layer + 1]));
    }
    parameters = new double[size];
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < layers; layer++) {
      double bound = Math.sqrt(6.0 / widths[layer]);
      for (int i = offsets[layer]; i < biases(layer); i++) {
        parameters[i] = random.nextDouble(-bound, bound);
      }
    }
    normalizer = new FeatureNormalizer(features);
    activations = new double[layers + 1][0];
    deltas = new double[layers + 1][0];
  }

  /** Returns how many features a row has. */
  public int features() {
    return widths[0];
  }

  /**
   * Adds the rows of a list to the running mean and deviation of the features. This changes how the
   * ranker scores.
   */
  public void observe(RankingExample example) {
    requireFeatures(example);
    normalizer.observe(example.rows());
  }

  /**
   * Scores rows.
   *
   * @param rows count x features values, row-major
   * @return one score per row
   */
  public double[] score(float[] rows, int count) {
    if (rows.length != (long) count * features()) {
      throw new IllegalArgumentException(
          "%d values are not %d rows of %d features".formatted(rows.length, count, features()));
    }
    return Arrays.copyOf(forward(rows, count), count);
  }

  /**
   * Returns the listwise softmax loss of an example (Cao et al., "Learning to rank: from pairwise
   * approach to listwise approach", 2007): the cross-entropy between the labels, normalised to sum
   * 1, and the softmax of the scores over the list, where a candidate counts as often as its weight
   * says. In nats; 0 for a list without a positive label.
   */
  public double loss(RankingExample example) {
    return lossAndDelta(example, null);
  }

  /**
   * Adds the gradient of the {@linkplain #loss loss} by the parameters.
   *
   * @param gradient as long as the parameters
   * @return the loss
   */
  double addGradient(RankingExample example, double[] gradient) {
    int last = layers();
    deltas[last] = atLeast(deltas[last], example.count());
    double loss = lossAndDelta(example, deltas[last]);
    backward(example.count(), gradient);
    return loss;
  }

  /** All weights and biases, live. */
  double[] parameters() {
    return parameters;
  }

  int layers() {
    return offsets.length;
  }

  int width(int layer) {
    return widths[layer];
  }

  /** Where a layer's weights begin in the parameters. */
  int weights(int layer) {
    return offsets[layer];
  }

  /** Where a layer's biases begin in the parameters. */
  int biases(int layer) {
    return offsets[layer] + widths[layer] * widths[layer + 1];
  }

  FeatureNormalizer normalizer() {
    return normalizer;
  }

  private void requireFeatures(RankingExample example) {
    if (example.features() != features()) {
      throw new IllegalArgumentException(
          "an example has %d features a row, the ranker has %d"
              .formatted(example.features(), features()));
    }
  }

  /** Returns the scores, in scratch that may be longer than the rows. */
  private double[] forward(float[] rows, int count) {
    for (int layer = 0; layer <= layers(); layer++) {
      activations[layer] = atLeast(activations[layer], widths[layer] * count);
    }
    normalizer.normalize(rows, count, activations[0]);
    for (int layer = 0; layer < layers(); layer++) {
      double[] in = activations[layer];
      double[] out = activations[layer + 1];
      int outputs = widths[layer + 1];
      for (int j = 0; j < outputs; j++) {
        Arrays.fill(out, j * count, (j + 1) * count, parameters[biases(layer) + j]);
        for (int i = 0; i < widths[layer]; i++) {
          addScaled(
              parameters[offsets[layer] + i * outputs + j], in, i * count, out, j * count, count);
        }
      }
      if (layer + 1 < layers()) {
        for (int i = 0; i < outputs * count; i++) {
          out[i] = Math.max(out[i], 0);
        }
      }
    }
    return activations[layers()];
  }

  /**
   * Returns the loss and, where wanted, its derivative by the scores. StrictMath: the same bits on
   * every machine.
   */
  private double lossAndDelta(RankingExample example, double[] delta) {
    requireFeatures(example);
    int count = example.count();
    float[] labels = example.labels();
    float[] weights = example.weights();
    double labelSum = 0;
    for (float label : labels) {
      labelSum += label;
    }
    if (labelSum == 0) {
      if (delta != null) {
        Arrays.fill(delta, 0, count, 0);
      }
      return 0;
    }
    double[] scores = forward(example.rows(), count);
    double[] logits = new double[count];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      logits[i] = scores[i] + StrictMath.log(weights[i]);
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += StrictMath.exp(logits[i] - largest);
    }
    double logSum = largest + StrictMath.log(sum);
    double loss = 0;
    for (int i = 0; i < count; i++) {
      double target = labels[i] / labelSum;
      if (target > 0) {
        loss += target * (logSum - logits[i]);
      }
      if (delta != null) {
        delta[i] = StrictMath.exp(logits[i] - logSum) - target;
      }
    }
    return loss;
  }

  /** Back-propagates the derivative by the scores, which lies in the last delta. */
  private void backward(int count, double[] gradient) {
    for (int layer = layers() - 1; layer >= 0; layer--) {
      int outputs = widths[layer + 1];
      double[] in = activations[layer];
      double[] delta = deltas[layer + 1];
      for (int j = 0; j < outputs; j++) {
        for (int row = 0; row < count; row++) {
          gradient[biases(layer) + j] += delta[j * count + row];
        }
        for (int i = 0; i < widths[layer]; i++) {
          gradient[offsets[layer] + i * outputs + j] += dot(in, i * count, delta, j * count, count);
        }
      }
      if (layer > 0) {
        int inputs = widths[layer];
        deltas[layer] = atLeast(deltas[layer], inputs * count);
        double[] before = deltas[layer];
        Arrays.fill(before, 0, inputs * count, 0);
        for (int i = 0; i < inputs; i++) {
          for (int j = 0; j < outputs; j++) {
            addScaled(
                parameters[offsets[layer] + i * outputs + j],
                delta,
                j * count,
                before,
                i * count,
                count);
          }
        }
        for (int i = 0; i < inputs * count; i++) {
          if (in[i] <= 0) {
            before[i] = 0;
          }
        }
      }
    }
  }

  private static void addScaled(
      double factor, double[] from, int fromStart, double[] to, int toStart, int length) {
    for (int k = 0; k < length; k++) {
      to[toStart + k] += factor * from[fromStart + k];
    }
  }

  /** Four sums at a time: one alone would wait for every addition. */
  private static double dot(double[] a, int aStart, double[] b, int bStart, int length) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int k = 0;
    for (; k + 3 < length; k += 4) {
      sum0 += a[aStart + k] * b[bStart + k];
      sum1 += a[aStart + k + 1] * b[bStart + k + 1];
      sum2 += a[aStart + k + 2] * b[bStart + k + 2];
      sum3 += a[aStart + k + 3] * b[bStart + k + 3];
    }
    for (; k < length; k++) {
      sum0 += a[aStart + k] * b[bStart + k];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private static double[] atLeast(double[] array, int length) {
    return array.length >= length ? array : new double[length];
  }
}
