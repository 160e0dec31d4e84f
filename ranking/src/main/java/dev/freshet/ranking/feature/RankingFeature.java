package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;
import java.util.Set;

/**
 * One column of the model's input, or a few that are computed together. A ranking feature is one
 * class and one line in {@link RankingFeatures}.
 *
 * <p>A value depends only on what is known strictly before the request's event time, on the request
 * and on the user's own history, which includes the asking action. An instance keeps no state: it
 * serves all lists of all threads.
 */
public interface RankingFeature {

  /** The names of the columns, in their order, as a model's metadata has them. */
  List<String> names();

  /**
   * The kinds of evidence that {@link #fill} reads. What the replica itself holds, such as
   * popularity, needs no evidence.
   */
  default Set<EvidenceKind> needs() {
    return Set.of();
  }

  /**
   * The values for a candidate that the replica does not know, which a request can give: one for
   * each column; NaN, which a model replaces by its mean, for a value that is not known. Empty:
   * {@link #fill} covers such candidates too.
   */
  default float[] unknownItem() {
    return new float[names().size()];
  }

  /**
   * Computes the columns of all candidates, in one loop without allocation. Candidates that the
   * replica does not know are to be skipped, unless {@link #unknownItem} is empty.
   *
   * @param context the request and its evidence
   * @param candidates the rows' candidates, in the order of the rows
   * @param rows row-major; column {@code c} of candidate {@code i} of this feature is at {@code i *
   *     width + column + c}
   * @param width columns of a row
   * @param column the first column of this feature
   */
  void fill(RankingContext context, CandidateSet candidates, float[] rows, int width, int column);
}
