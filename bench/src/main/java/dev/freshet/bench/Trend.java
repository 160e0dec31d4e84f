package dev.freshet.bench;

import java.util.Arrays;

/**
 * Where a series of samples is heading: a least-squares line and how certain its slope is. Samples
 * close to each other are alike, which would make any slope look certain, so blocks of them are
 * fitted, not the samples.
 *
 * @param blocks that were fitted; too few: all else but the mean is NaN
 * @param mean of the blocks
 * @param slope an hour
 * @param low lower end of the slope's 95 % interval
 * @param high upper end
 * @param growth over the whole run, as a share of the mean
 */
public record Trend(int blocks, double mean, double slope, double low, double high, double growth) {

  /** More than this share of the mean over the run is growth. */
  public static final double MATERIAL = 0.1;

  static final int MOST_BLOCKS = 30;
  private static final int FEWEST_BLOCKS = 5;

  /** Of Student's t distribution, the 97.5th percentile for 1, 2, … degrees of freedom. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048
  };

  /**
   * The trend of samples.
   *
   * @param hours when each was taken, ascending
   * @param values NaN: there is none then
   * @param least whether a block's value is its least sample, and not their median
   */
  static Trend of(double[] hours, double[] values, boolean least) {
    double[] x = new double[values.length];
    double[] y = new double[values.length];
    int known = 0;
    for (int sample = 0; sample < values.length; sample++) {
      if (Double.isFinite(values[sample])) {
        x[known] = hours[sample];
        y[known++] = values[sample];
      }
    }
    int blocks = Math.min(MOST_BLOCKS, known);
    double[] blockX = new double[blocks];
    double[] blockY = new double[blocks];
    for (int block = 0; block < blocks; block++) {
      int from = (int) ((long) known * block / blocks);
      int to = (int) ((long) known * (block + 1) / blocks);
      blockX[block] = Arrays.stream(x, from, to).average().orElseThrow();
      double[] sorted = Arrays.copyOfRange(y, from, to);
      Arrays.sort(sorted);
      blockY[block] = least ? sorted[0] : EndToEndResult.median(sorted);
    }
    return fit(blockX, blockY, known == 0 ? 0 : x[known - 1] - x[0]);
  }

  private static Trend fit(double[] x, double[] y, double range) {
    int n = x.length;
    double meanX = Arrays.stream(x).average().orElse(Double.NaN);
    double meanY = Arrays.stream(y).average().orElse(Double.NaN);
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    if (n < FEWEST_BLOCKS || !(xx > 0)) {
      return new Trend(n, meanY, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    double slope = xy / xx;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double residual = y[i] - meanY - slope * (x[i] - meanX);
      squares += residual * residual;
    }
    double half = T[n - 3] * Math.sqrt(squares / (n - 2) / xx);
    double growth = slope * range / meanY;
    return new Trend(n, meanY, slope, slope - half, slope + half, growth);
  }

  /** Whether it goes upward, significantly (the interval excludes 0) and by much. */
  public boolean grows() {
    return low > 0 && growth > MATERIAL;
  }
}
