package dev.freshet.model.train;

import dev.freshet.evaluation.PairedMeans;
import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import java.util.Collection;
import java.util.List;

/**
 * Decides whether a learned model ranks better than what was served: on lists that were never
 * learned from, it compares the learned scores with the served scores, list by list.
 *
 * <p><b>The reciprocal rank</b> of the best wanted candidate decides. It depends on the order
 * alone, so a served score may have any scale: that of another model, of a rule, of a probability.
 * Ranks follow {@link Rank}, with every candidate counted as often as its weight says.
 *
 * <p><b>The decision.</b> Both sides score the same lists, so what varies is the difference d per
 * list, with mean D and standard error E. A model is refused if D is significantly below 0 ({@link
 * PairedMeans#isLess}). Otherwise it is activated: if the two are as good as each other, the newer
 * one serves. With fewer lists than {@link LearningOptions#minHeldOutLists} nothing is decided and
 * nothing activated: {@linkplain #plus add} the next round's comparison and ask again. After a
 * decision, start from {@link #NONE}.
 *
 * <p>Lists of one user are not independent, so E is a little too small; and the learned model has
 * seen what others did after the list, so D is a little too large. How good models truly are is
 * measured by lists that were ranked before the action.
 *
 * @param reciprocalRanks those of the lists with a positive label: side A by the learned scores,
 *     side B by the served scores
 */
public record RoundValidation(PairedMeans reciprocalRanks) {

  /** No list was compared. */
  public static final RoundValidation NONE = new RoundValidation(PairedMeans.NONE);

  /**
   * A list that is not learned from.
   *
   * @param example the list and its labels
   * @param servedScores one per candidate: what the list was ranked by. Not copied, and not changed
   *     afterwards
   */
  @SuppressWarnings("ArrayRecordComponent") // As RankingExample's: large, shared, never compared.
  public record HeldOut(LearningExample example, float[] servedScores) {
    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if there is not one score per candidate
     */
    public HeldOut {
      if (servedScores.length != example.list().count()) {
        throw new IllegalArgumentException(
            "%d served scores for a list of %d candidates"
                .formatted(servedScores.length, example.list().count()));
      }
    }
  }

  /** The decision about a learned model. */
  public enum Verdict {
    /** The learned model is not significantly worse than what is served, so it serves. */
    ACTIVATE,
    /** Significantly worse: the serving model stays, and learning continues. */
    REFUSE,
    /** Too few lists to decide: the serving model stays, and later lists are added. */
    WAIT
  }

  /**
   * Compares on lists; those without a positive label are left out. A function of the set of lists,
   * not of their order.
   *
   * @throws IllegalArgumentException if a list has another number of features than the state
   */
  public static RoundValidation compare(LearnedState learned, Collection<HeldOut> heldOut) {
    MlpRanker ranker = learned.ranker();
    List<HeldOut> ordered =
        heldOut.stream()
            .filter(list -> list.example().list().hasPositive())
            .sorted((one, other) -> LearningExample.ORDER.compare(one.example(), other.example()))
            .toList();
    RoundValidation sum = NONE;
    for (HeldOut list : ordered) {
      sum = sum.plus(compare(ranker, list.example().list(), list.servedScores()));
    }
    return sum;
  }

  private static RoundValidation compare(
      MlpRanker ranker, RankingExample list, float[] servedScores) {
    double[] learned = ranker.score(list.rows(), list.count());
    double[] served = new double[servedScores.length];
    for (int i = 0; i < served.length; i++) {
      served[i] = servedScores[i];
    }
    return new RoundValidation(
        PairedMeans.of(reciprocalRank(learned, list), reciprocalRank(served, list)));
  }

  private static double reciprocalRank(double[] scores, RankingExample list) {
    return RankMetric.Kind.MRR.gain(Rank.ofBest(scores, list.labels(), list.weights()));
  }

  /**
   * Adds a comparison on other lists: of another shard, in the order of shards, or a later round.
   */
  public RoundValidation plus(RoundValidation other) {
    return new RoundValidation(reciprocalRanks.plus(other.reciprocalRanks));
  }

  /** Returns what to do with the learned model. */
  public Verdict verdict(LearningOptions options) {
    if (lists() < options.minHeldOutLists()) {
      return Verdict.WAIT;
    }
    return reciprocalRanks.isLess() ? Verdict.REFUSE : Verdict.ACTIVATE;
  }

  /** Returns how many lists with a positive label were compared. */
  public long lists() {
    return reciprocalRanks.n();
  }

  /** Returns the mean reciprocal rank by the learned scores; NaN without lists. */
  public double learnedMrr() {
    return reciprocalRanks.meanA();
  }

  /** Returns the mean reciprocal rank by the served scores; NaN without lists. */
  public double servedMrr() {
    return reciprocalRanks.meanB();
  }
}
