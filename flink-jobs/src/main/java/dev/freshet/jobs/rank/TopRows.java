package dev.freshet.jobs.rank;

import java.util.Arrays;

/**
 * Selects the rows with the highest scores: a bounded binary heap with the worst on top. Ties go to
 * the lower row; NaN is below every number. Reused; neither boxes nor allocates once grown.
 */
final class TopRows {

  private int[] rows = new int[64];
  private double[] scores = new double[64];
  private int bound;
  private int size;

  void reset(int bound) {
    this.bound = bound;
    this.size = 0;
    if (rows.length < bound) {
      rows = Arrays.copyOf(rows, bound);
      scores = Arrays.copyOf(scores, bound);
    }
  }

  void offer(int row, double score) {
    if (size < bound) {
      siftUp(size++, row, score);
    } else if (bound > 0 && better(row, score, rows[0], scores[0])) {
      siftDown(size, row, score);
    }
  }

  /** Sorts what was selected, best first; afterwards {@link #row} may be called, not offer. */
  int sort() {
    for (int end = size - 1; end > 0; end--) {
      int row = rows[end];
      double score = scores[end];
      rows[end] = rows[0];
      scores[end] = scores[0];
      siftDown(end, row, score);
    }
    return size;
  }

  int row(int rank) {
    return rows[rank];
  }

  private void siftUp(int from, int row, double score) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!better(rows[parent], scores[parent], row, score)) {
        break;
      }
      rows[at] = rows[parent];
      scores[at] = scores[parent];
      at = parent;
    }
    rows[at] = row;
    scores[at] = score;
  }

  private void siftDown(int end, int row, double score) {
    int at = 0;
    for (int child = 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end
          && better(rows[child], scores[child], rows[child + 1], scores[child + 1])) {
        child++;
      }
      if (!better(row, score, rows[child], scores[child])) {
        break;
      }
      rows[at] = rows[child];
      scores[at] = scores[child];
      at = child;
    }
    rows[at] = row;
    scores[at] = score;
  }

  private static boolean better(int row, double score, int otherRow, double otherScore) {
    if (score > otherScore) {
      return true;
    }
    if (score == otherScore || (Double.isNaN(score) && Double.isNaN(otherScore))) {
      return row < otherRow;
    }
    return !Double.isNaN(score) && Double.isNaN(otherScore);
  }
}
