package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.FastLog;

/** Functions that make ranks, counts and times comparable inputs of a model. */
final class FeatureMaths {

  private static final double PER_HOUR = 1 / 3_600_000.0;

  /** Reciprocal of each place; 0 for place 0, which stands for no rank. */
  private static final float[] RECIPROCALS = new float[1024];

  static {
    for (int place = 1; place < RECIPROCALS.length; place++) {
      RECIPROCALS[place] = 1f / place;
    }
  }

  private FeatureMaths() {}

  /**
   * One divided by the place.
   *
   * @param rank from 0; -1: no rank, which gives 0
   */
  static float reciprocal(int rank) {
    int place = rank + 1;
    return place < RECIPROCALS.length ? RECIPROCALS[place] : 1f / place;
  }

  /** Logarithm of one plus a count, with a shortcut for 0, the most frequent count. */
  static float logCount(double count) {
    return count == 0 ? 0 : (float) FastLog.log1p(count);
  }

  /**
   * Logarithm of one plus the hours from then to now.
   *
   * @param then milliseconds; {@link Long#MIN_VALUE}: unknown, which gives NaN
   */
  static float logHours(long now, long then) {
    return then == Long.MIN_VALUE
        ? Float.NaN
        : (float) FastLog.log1p(FastLog.toDouble(Math.max(0, now - then)) * PER_HOUR);
  }
}
