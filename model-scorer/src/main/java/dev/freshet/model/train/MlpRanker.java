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

  // Scratch: of each layer, for each unit a column with a value per row. The inner loops run over
  // rows; a column is an array of its own and the loops start at 0, or the JIT could not rule out
  // that columns overlap and would not vectorise.
  private final double[][][] activations;
  private final double[][][] deltas;

  /** Shares of the softmax, before they are divided by their sum. */
  private double[] shares = new double[0];

  /**
   * A network with random weights (He et al., "Delving deep into rectifiers", 2015; uniform).
   *
   * @param features how many features a row has, at least 1
   * @param hiddenWidths width of each hidden layer, from the input on; none for a linear model
   * @param seed of the weights
   */
  public MlpRanker(int features, int[] hiddenWidths, long seed) {
    this(widths(features, hiddenWidths), new FeatureNormalizer(features));
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < layers(); layer++) {
      double bound = Math.sqrt(6.0 / widths[layer]);
      for (int i = offsets[layer]; i < biases(layer); i++) {
        parameters[i] = random.nextDouble(-bound, bound);
      }
    }
  }

  /** A network whose parameters are all 0. The normaliser is not copied. */
  private MlpRanker(int[] widths, FeatureNormalizer normalizer) {
    this.widths = widths;
    this.normalizer = normalizer;
    int layers = widths.length - 1;
    offsets = new int[layers];
    int size = 0;
    for (int layer = 0; layer < layers; layer++) {
      offsets[layer] = size;
      size = Math.addExact(size, Math.multiplyExact(widths[layer] + 1, widths[layer + 1]));
    }
    parameters = new double[size];
    activations = new double[layers + 1][][];
    deltas = new double[layers + 1][][];
    for (int layer = 0; layer <= layers; layer++) {
      activations[layer] = new double[widths[layer]][0];
      deltas[layer] = new double[widths[layer]][0];
    }
  }

  /**
   * A network with given parameters and normalisation, both copied.
   *
   * @param widths from the features to the score
   * @throws IllegalArgumentException if the widths or the numbers of parameters or features don't
   *     fit each other
   */
  static MlpRanker of(int[] widths, double[] parameters, FeatureNormalizer normalizer) {
    requireWidths(widths);
    MlpRanker ranker = new MlpRanker(widths.clone(), normalizer.copy());
    if (parameters.length != ranker.parameters.length || normalizer.features() != widths[0]) {
      throw new IllegalArgumentException(
          "%d parameters and statistics of %d features don't fit the widths %s, which need %d and %d"
              .formatted(
                  parameters.length,
                  normalizer.features(),
                  Arrays.toString(widths),
                  ranker.parameters.length,
                  widths[0]));
    }
    System.arraycopy(parameters, 0, ranker.parameters, 0, parameters.length);
    return ranker;
  }

  private static int[] widths(int features, int[] hiddenWidths) {
    int[] widths = new int[hiddenWidths.length + 2];
    widths[0] = features;
    System.arraycopy(hiddenWidths, 0, widths, 1, hiddenWidths.length);
    widths[widths.length - 1] = 1;
    requireWidths(widths);
    return widths;
  }

  private static void requireWidths(int[] widths) {
    boolean valid = widths.length >= 2 && widths[widths.length - 1] == 1;
    for (int width : widths) {
      valid &= width >= 1;
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "widths %s; every one is at least 1, and the last, of the score, is 1"
              .formatted(Arrays.toString(widths)));
    }
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
   * 1, and the softmax of the scores over the list, where each candidate counts as often as its
   * weight. In nats; 0 for a list without a positive label.
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
    makeRoom(deltas[last], example.count());
    double loss = lossAndDelta(example, deltas[last][0]);
    backward(example.count(), gradient);
    return loss;
  }

  /** All weights and biases, live. */
  double[] parameters() {
    return parameters;
  }

  /** Widths from the features to the score. */
  int[] widths() {
    return widths.clone();
  }

  /**
   * Returns a bound of every value that scoring computes, whatever the rows: NaN or infinite if
   * there is none. Normalised values are bounded, so this is a sum of the weights' sizes, layer by
   * layer.
   */
  double valueBound() {
    double[] bounds = new double[widths[0]];
    Arrays.fill(bounds, FeatureNormalizer.LIMIT);
    double largest = FeatureNormalizer.LIMIT;
    for (int layer = 0; layer < layers(); layer++) {
      double[] next = new double[widths[layer + 1]];
      for (int j = 0; j < next.length; j++) {
        next[j] = Math.abs(parameters[biases(layer) + j]);
        for (int i = 0; i < bounds.length; i++) {
          next[j] += bounds[i] * Math.abs(parameters[offsets[layer] + i * next.length + j]);
        }
        largest = Math.max(largest, next[j]);
      }
      bounds = next;
    }
    return largest;
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
    for (double[][] columns : activations) {
      makeRoom(columns, count);
    }
    normalizer.normalize(rows, count, activations[0]);
    for (int layer = 0; layer < layers(); layer++) {
      int outputs = widths[layer + 1];
      for (int j = 0; j < outputs; j++) {
        double[] out = activations[layer + 1][j];
        Arrays.fill(out, 0, count, parameters[biases(layer) + j]);
        addCombination(parameters, offsets[layer] + j, outputs, activations[layer], out, count);
        if (layer + 1 < layers()) {
          for (int row = 0; row < count; row++) {
            out[row] = Math.max(out[row], 0);
          }
        }
      }
    }
    return activations[layers()][0];
  }

  /**
   * Returns the {@linkplain #loss(RankingExample) loss} of an example by given scores; NaN if one
   * is not finite.
   *
   * @param scores one per candidate
   */
  static double loss(double[] scores, RankingExample example) {
    return example.hasPositive()
        ? softmaxLoss(scores.clone(), example, new double[scores.length], null)
        : 0;
  }

  /** Returns the loss and, where wanted, its derivative by the scores. */
  private double lossAndDelta(RankingExample example, double[] delta) {
    requireFeatures(example);
    int count = example.count();
    if (!example.hasPositive()) {
      if (delta != null) {
        Arrays.fill(delta, 0, count, 0);
      }
      return 0;
    }
    if (shares.length < count) {
      shares = new double[count];
    }
    return softmaxLoss(forward(example.rows(), count), example, shares, delta);
  }

  /**
   * StrictMath: the same bits on every machine.
   *
   * @param logits the scores; changed to the logits
   * @param shares room for one value per candidate
   * @param delta receives the derivative by the scores, or null
   */
  private static double softmaxLoss(
      double[] logits, RankingExample example, double[] shares, double[] delta) {
    int count = example.count();
    float[] labels = example.labels();
    float[] weights = example.weights();
    double labelSum = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      labelSum += labels[i];
      if (weights[i] != 1) {
        logits[i] += StrictMath.log(weights[i]);
      }
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = StrictMath.exp(logits[i] - largest);
      sum += shares[i];
    }
    double logSum = largest + StrictMath.log(sum);
    double loss = 0;
    for (int i = 0; i < count; i++) {
      double target = labels[i] / labelSum;
      if (target > 0) {
        loss += target * (logSum - logits[i]);
      }
      if (delta != null) {
        delta[i] = shares[i] / sum - target;
      }
    }
    return loss;
  }

  /** Back-propagates the derivative by the scores, which lies in the last delta. */
  private void backward(int count, double[] gradient) {
    for (int layer = layers() - 1; layer >= 0; layer--) {
      int outputs = widths[layer + 1];
      double[][] in = activations[layer];
      double[][] delta = deltas[layer + 1];
      addProducts(in, delta, count, gradient, offsets[layer]);
      for (int j = 0; j < outputs; j++) {
        double sum = 0;
        for (int row = 0; row < count; row++) {
          sum += delta[j][row];
        }
        gradient[biases(layer) + j] += sum;
      }
      if (layer > 0) {
        makeRoom(deltas[layer], count);
        for (int i = 0; i < widths[layer]; i++) {
          double[] before = deltas[layer][i];
          Arrays.fill(before, 0, count, 0);
          addCombination(parameters, offsets[layer] + i * outputs, 1, delta, before, count);
          stopWhereInactive(in[i], before, count);
        }
      }
    }
  }

  /**
   * Clears the deltas by bit operations, as half of the branches would be mispredicted. An
   * activation is never below 0, so only that of 0 has no bits, and the sign of the bits' negative
   * is a mask. (One that is NaN counts as active; then every delta of the list is NaN anyway.)
   */
  private static void stopWhereInactive(double[] activation, double[] delta, int count) {
    for (int row = 0; row < count; row++) {
      long mask = -Double.doubleToRawLongBits(activation[row]) >> 63;
      delta[row] = Double.longBitsToDouble(Double.doubleToRawLongBits(delta[row]) & mask);
    }
  }

  /**
   * Adds columns times factors, four at a time, so that the sums are read and written a quarter as
   * often. The order of the additions is that of the columns.
   *
   * @param factors of which every {@code stride}-th is meant, from {@code start} on
   */
  private static void addCombination(
      double[] factors, int start, int stride, double[][] columns, double[] sums, int count) {
    int i = 0;
    for (; i + 3 < columns.length; i += 4) {
      int factor = start + i * stride;
      addFour(
          factors[factor],
          columns[i],
          factors[factor + stride],
          columns[i + 1],
          factors[factor + 2 * stride],
          columns[i + 2],
          factors[factor + 3 * stride],
          columns[i + 3],
          sums,
          count);
    }
    for (; i < columns.length; i++) {
      addOne(factors[start + i * stride], columns[i], sums, count);
    }
  }

  private static void addFour(
      double factor0,
      double[] column0,
      double factor1,
      double[] column1,
      double factor2,
      double[] column2,
      double factor3,
      double[] column3,
      double[] sums,
      int count) {
    for (int row = 0; row < count; row++) {
      sums[row] =
          sums[row]
              + factor0 * column0[row]
              + factor1 * column1[row]
              + factor2 * column2[row]
              + factor3 * column3[row];
    }
  }

  private static void addOne(double factor, double[] column, double[] sums, int count) {
    for (int row = 0; row < count; row++) {
      sums[row] += factor * column[row];
    }
  }

  /**
   * Adds the product of every column of {@code in} with every one of {@code delta}: two with four
   * at a time are eight sums that don't wait for each other, and six values read for eight
   * products.
   */
  private static void addProducts(
      double[][] in, double[][] delta, int count, double[] products, int start) {
    int outputs = delta.length;
    int pairedInputs = in.length & ~1;
    int blockedOutputs = outputs & ~3;
    for (int i = 0; i < pairedInputs; i += 2) {
      for (int j = 0; j < blockedOutputs; j += 4) {
        addBlock(in, i, delta, j, count, products, start + i * outputs + j);
      }
    }
    for (int i = 0; i < in.length; i++) {
      for (int j = i < pairedInputs ? blockedOutputs : 0; j < outputs; j++) {
        products[start + i * outputs + j] += dot(in[i], delta[j], count);
      }
    }
  }

  private static void addBlock(
      double[][] in, int i, double[][] delta, int j, int count, double[] products, int start) {
    double[] in0 = in[i];
    double[] in1 = in[i + 1];
    double[] delta0 = delta[j];
    double[] delta1 = delta[j + 1];
    double[] delta2 = delta[j + 2];
    double[] delta3 = delta[j + 3];
    double sum00 = 0;
    double sum01 = 0;
    double sum02 = 0;
    double sum03 = 0;
    double sum10 = 0;
    double sum11 = 0;
    double sum12 = 0;
    double sum13 = 0;
    for (int row = 0; row < count; row++) {
      double value0 = in0[row];
      double value1 = in1[row];
      sum00 += value0 * delta0[row];
      sum01 += value0 * delta1[row];
      sum02 += value0 * delta2[row];
      sum03 += value0 * delta3[row];
      sum10 += value1 * delta0[row];
      sum11 += value1 * delta1[row];
      sum12 += value1 * delta2[row];
      sum13 += value1 * delta3[row];
    }
    products[start] += sum00;
    products[start + 1] += sum01;
    products[start + 2] += sum02;
    products[start + 3] += sum03;
    int next = start + delta.length;
    products[next] += sum10;
    products[next + 1] += sum11;
    products[next + 2] += sum12;
    products[next + 3] += sum13;
  }

  /** Four sums at a time: one alone would wait for every addition. */
  private static double dot(double[] a, double[] b, int count) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int row = 0;
    for (; row + 3 < count; row += 4) {
      sum0 += a[row] * b[row];
      sum1 += a[row + 1] * b[row + 1];
      sum2 += a[row + 2] * b[row + 2];
      sum3 += a[row + 3] * b[row + 3];
    }
    for (; row < count; row++) {
      sum0 += a[row] * b[row];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /** Makes every column long enough. */
  private static void makeRoom(double[][] columns, int count) {
    if (columns[0].length < count) {
      for (int i = 0; i < columns.length; i++) {
        columns[i] = new double[count];
      }
    }
  }
}
