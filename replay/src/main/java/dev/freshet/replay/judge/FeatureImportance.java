package dev.freshet.replay.judge;

import dev.freshet.evaluation.ClusteredMean;
import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * What each feature does for the order of the candidates: how far the mean reciprocal rank of the
 * wanted item falls when the feature's values are permuted among the list's candidates and the
 * model scores anew (Breiman, "Random forests", Machine Learning 45, 2001, section 10; permuted
 * within lists, so that each keeps its values). It shows what this model uses, not what is worth
 * knowing: of two features that say the same, each may do without the other. A feature of the user
 * alone is the same for all candidates: permuting changes nothing.
 *
 * <p>Ranks are among all candidates of the list, estimated from those that the example kept: one
 * that was kept with probability q stands for 1 / q.
 *
 * @param model name and version of the model that scored
 * @param lists number of lists that it was computed from
 * @param mrr mean reciprocal rank with the features as they were
 * @param features those that the model uses, the most important first
 * @param constant features of the model that are the same for all candidates of every list
 * @param scoringNanos how long it took to fill in and score each list, on one thread
 */
public record FeatureImportance(
    String model,
    int lists,
    double mrr,
    List<Feature> features,
    List<String> constant,
    Histogram scoringNanos) {

  private static final long SEED = 20_260_102;

  public FeatureImportance {
    features = List.copyOf(features);
    constant = List.copyOf(constant);
  }

  /**
   * A feature of the model.
   *
   * @param fall of the mean reciprocal rank when it is permuted
   */
  public record Feature(String name, Estimate fall) {}

  /**
   * Scores the lists again.
   *
   * @param examples at least one; each with the wanted item among its candidates
   * @param progress receives the number of lists done so far, each time
   * @throws IllegalArgumentException if an example lacks a feature of the model
   */
  public static FeatureImportance of(
      ModelBundle bundle, List<TrainingExample> examples, LongConsumer progress) {
    List<String> used = bundle.featureNames();
    Labels<String> users = new Labels<>();
    examples.forEach(example -> users.numberOf(example.getUser()));
    ClusteredMean[] falls = new ClusteredMean[used.size()];
    for (int feature = 0; feature < falls.length; feature++) {
      falls[feature] = new ClusteredMean(users.size());
    }
    boolean[] varies = new boolean[used.size()];
    Histogram scoring = new Histogram(3);
    SplittableRandom random = new SplittableRandom(SEED);
    double reciprocals = 0;
    long done = 0;
    try (OnnxScorer scorer = new OnnxScorer(bundle)) {
      for (TrainingExample example : examples) {
        ListScoring list = new ListScoring(example, used);
        // The first call of a length sets things up for the next: what is measured is the second.
        list.score(scorer);
        long start = System.nanoTime();
        double before = list.score(scorer);
        scoring.recordValue(System.nanoTime() - start);
        reciprocals += before;
        int[] order = list.permutation(random);
        int user = users.numberOf(example.getUser());
        for (int feature = 0; feature < falls.length; feature++) {
          double fall = 0;
          if (list.varies(feature)) {
            varies[feature] = true;
            fall = before - list.scorePermuted(scorer, feature, order);
          }
          falls[feature].add(user, fall);
        }
        progress.accept(++done);
      }
    }
    List<Feature> features = new ArrayList<>();
    List<String> constant = new ArrayList<>();
    for (int feature = 0; feature < falls.length; feature++) {
      if (varies[feature]) {
        features.add(new Feature(used.get(feature), falls[feature].normal()));
      } else {
        constant.add(used.get(feature));
      }
    }
    features.sort(
        Comparator.comparingDouble((Feature feature) -> feature.fall().value()).reversed());
    return new FeatureImportance(
        bundle.name() + " " + bundle.version(),
        examples.size(),
        reciprocals / examples.size(),
        features,
        constant,
        scoring);
  }

  /** A list's features, as the model takes them. */
  private static final class ListScoring {
    private final int count;
    private final int width;
    private final float[] rows;
    private final float[] standsFor;
    private final float[] labels;
    private final double[] scores;

    ListScoring(TrainingExample example, List<String> used) {
      List<String> names = example.getFeatureNames();
      List<ExampleCandidate> candidates = example.getCandidates();
      count = candidates.size();
      width = used.size();
      labels = new float[count];
      labels[ExampleSample.wanted(example)] = 1;
      scores = new double[count];
      standsFor = new float[count];
      for (int row = 0; row < count; row++) {
        standsFor[row] = 1 / candidates.get(row).getPropensity();
      }
      FloatBuffer all = example.getFeatures().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      rows = new float[count * width];
      for (int feature = 0; feature < width; feature++) {
        int column = names.indexOf(used.get(feature));
        if (column < 0) {
          throw new IllegalArgumentException(
              "the examples lack the model's feature " + used.get(feature));
        }
        for (int row = 0; row < count; row++) {
          rows[row * width + feature] = all.get(row * names.size() + column);
        }
      }
    }

    boolean varies(int feature) {
      for (int row = 1; row < count; row++) {
        if (Float.compare(rows[row * width + feature], rows[feature]) != 0) {
          return true;
        }
      }
      return false;
    }

    /** Reciprocal rank of the wanted item. */
    double score(OnnxScorer scorer) {
      scorer.input(count).put(rows);
      return reciprocalRank(scorer.score(count));
    }

    /** The same with each row's value of one feature from another row. */
    double scorePermuted(OnnxScorer scorer, int feature, int[] order) {
      FloatBuffer input = scorer.input(count);
      input.put(rows);
      for (int row = 0; row < count; row++) {
        input.put(row * width + feature, rows[order[row] * width + feature]);
      }
      return reciprocalRank(scorer.score(count));
    }

    private double reciprocalRank(FloatBuffer buffer) {
      for (int row = 0; row < count; row++) {
        scores[row] = buffer.get(row);
      }
      return RankMetric.Kind.MRR.gain(Rank.ofBest(scores, labels, standsFor));
    }

    /** The rows in an order of chance. */
    int[] permutation(SplittableRandom random) {
      int[] order = new int[count];
      for (int row = 0; row < count; row++) {
        int other = random.nextInt(row + 1);
        order[row] = order[other];
        order[other] = row;
      }
      return order;
    }
  }
}
