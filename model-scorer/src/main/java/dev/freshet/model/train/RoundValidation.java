package dev.freshet.model.train;

import java.util.Collection;
import java.util.List;

/**
 * Whether what was learned ranks better than what was served: on lists that were never learned
 * from, the learned scores against the scores that the lists were ranked by, list by list.
 *
 * <p><b>What decides is the reciprocal rank</b> of the best wanted candidate. It looks at order
 * alone, so a served score may be of any scale: of another model, of a rule, of a probability. The
 * losses of both are there to watch; between scores of different scales they say nothing. A rank
 * counts every candidate as often as its weight says, and one that scores the same as the wanted
 * one, or NaN, as better: nobody gains by giving all the same score.
 *
 * <p><b>How it decides.</b> Both score the same lists, so what varies is the difference d per list,
 * with mean D and standard error E. A model is refused if D + {@value #QUANTILE} E is below 0: it
 * is worse, and chance would look so in one case of twenty. Otherwise it is activated; if the two
 * are as good as each other, the newer one is. With fewer lists than {@link
 * LearningOptions#minHeldOutLists} nothing is decided and nothing activated: {@linkplain #plus add}
 * the next round's comparison and ask again. After a decision, start from {@link #NONE}.
 *
 * <p>Lists of one user are not independent, so E is a little too small; and the learned model has
 * seen what others did after the list, so D is a little too large. How good models truly are is for
 * lists to say that were ranked before the action.
 *
 * @param lists how many lists with a positive label were compared
 * @param learnedReciprocalRanks sum over the lists, by the learned scores
 * @param servedReciprocalRanks sum over the lists, by the served scores
 * @param squaredDifferences sum over the lists of the squared difference of the two
 * @param learnedHits lists whose best wanted candidate the learned scores rank among the first 10
 * @param servedHits the same by the served scores
 * @param learnedLosses sum of the losses by the learned scores, in nats
 * @param servedLosses sum of the losses by the served scores, in nats; NaN if one was not finite
 */
public record RoundValidation(
    long lists,
    double learnedReciprocalRanks,
    double servedReciprocalRanks,
    double squaredDifferences,
    long learnedHits,
    long servedHits,
    double learnedLosses,
    double servedLosses) {

  /** No list compared. */
  public static final RoundValidation NONE = new RoundValidation(0, 0, 0, 0, 0, 0, 0, 0);

  /** Of the normal distribution: 5 % are beyond it. */
  private static final double QUANTILE = 1.645;

  private static final int HIT_DEPTH = 10;

  /**
   * A list that is not learned from.
   *
   * @param example the list and what became of it
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

  /** What to do with a learned model. */
  public enum Verdict {
    /** Not shown to be worse than what is served: let it serve. */
    ACTIVATE,
    /** Worse: what serves goes on serving; learning goes on too. */
    REFUSE,
    /** Too few lists to tell: what serves goes on serving, and later lists are added. */
    WAIT
  }

  /**
   * Compares on lists; those without a positive label say nothing and are left out. A function of
   * the set of lists: their order has no say.
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
    double learnedRank = rank(learned, list);
    double servedRank = rank(served, list);
    double difference = 1 / learnedRank - 1 / servedRank;
    return new RoundValidation(
        1,
        1 / learnedRank,
        1 / servedRank,
        difference * difference,
        learnedRank <= HIT_DEPTH ? 1 : 0,
        servedRank <= HIT_DEPTH ? 1 : 0,
        MlpRanker.loss(learned, list),
        MlpRanker.loss(served, list));
  }

  /** Place of the best wanted candidate among all that the list stands for, from 1. */
  static double rank(double[] scores, RankingExample list) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      if (list.labels()[i] > 0 && scores[i] > best) {
        best = scores[i];
      }
    }
    double rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (list.labels()[i] == 0 && !(scores[i] < best)) {
        rank += list.weights()[i];
      }
    }
    return rank;
  }

  /**
   * Adds a comparison on other lists: of another shard, in the order of shards, or a later round.
   */
  public RoundValidation plus(RoundValidation other) {
    return new RoundValidation(
        lists + other.lists,
        learnedReciprocalRanks + other.learnedReciprocalRanks,
        servedReciprocalRanks + other.servedReciprocalRanks,
        squaredDifferences + other.squaredDifferences,
        learnedHits + other.learnedHits,
        servedHits + other.servedHits,
        learnedLosses + other.learnedLosses,
        servedLosses + other.servedLosses);
  }

  /** Says what to do. */
  public Verdict verdict(LearningOptions options) {
    if (lists < options.minHeldOutLists()) {
      return Verdict.WAIT;
    }
    return difference() + QUANTILE * standardError() < 0 ? Verdict.REFUSE : Verdict.ACTIVATE;
  }

  /** Returns the mean reciprocal rank by the learned scores; NaN without lists, as all means. */
  public double learnedMrr() {
    return learnedReciprocalRanks / lists;
  }

  /** Returns the mean reciprocal rank by the served scores. */
  public double servedMrr() {
    return servedReciprocalRanks / lists;
  }

  /** Returns how much more the mean reciprocal rank by the learned scores is. */
  public double difference() {
    return (learnedReciprocalRanks - servedReciprocalRanks) / lists;
  }

  /** Returns the standard error of {@link #difference}; NaN with fewer than two lists. */
  public double standardError() {
    double mean = difference();
    double variance = (squaredDifferences - lists * mean * mean) / (lists - 1);
    return Math.sqrt(Math.max(variance, 0) / lists);
  }

  /** Returns the share of lists with a hit among the first 10 by the learned scores. */
  public double learnedHitRateAt10() {
    return (double) learnedHits / lists;
  }

  /** Returns the share of lists with a hit among the first 10 by the served scores. */
  public double servedHitRateAt10() {
    return (double) servedHits / lists;
  }

  /** Returns the mean loss by the learned scores, in nats. */
  public double learnedLoss() {
    return learnedLosses / lists;
  }

  /** Returns the mean loss by the served scores, in nats. */
  public double servedLoss() {
    return servedLosses / lists;
  }
}
