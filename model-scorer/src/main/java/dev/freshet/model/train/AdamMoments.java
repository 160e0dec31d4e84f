package dev.freshet.model.train;

import java.util.Arrays;

/**
 * The state of {@link Adam} between steps: decayed means of the gradient and of its squares, and
 * how much of their initial zeros is left in them. The arrays belong to this record and must not be
 * changed.
 *
 * <p>The rest of the zeros, beta to the power of the steps, takes the place of a count of steps: it
 * is what the correction of the bias divides by, and unlike a count it can be averaged. The mean of
 * several moments with the mean of their rests is corrected exactly.
 *
 * @param first decayed mean of the gradient, per parameter
 * @param second decayed mean of the squared gradient, per parameter
 * @param firstRest share of zeros in {@code first}, 1 before the first step
 * @param secondRest share of zeros in {@code second}, 1 before the first step
 */
@SuppressWarnings("ArrayRecordComponent") // Used inside the package only; never compared.
record AdamMoments(double[] first, double[] second, double firstRest, double secondRest) {

  /** Moments before the first step. */
  static AdamMoments none(int parameters) {
    return new AdamMoments(new double[parameters], new double[parameters], 1, 1);
  }

  /** Whether no step was taken. */
  boolean isEmpty() {
    return firstRest == 1;
  }

  boolean isFinite() {
    return Double.isFinite(firstRest)
        && Double.isFinite(secondRest)
        && Arrays.stream(first).allMatch(Double::isFinite)
        && Arrays.stream(second).allMatch(Double::isFinite);
  }

  void write(CheckedBytes.Writer writer) {
    writer.putDoubles(first);
    writer.putDoubles(second);
    writer.putDouble(firstRest);
    writer.putDouble(secondRest);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if these are no moments
   */
  static AdamMoments read(int parameters, CheckedBytes.Reader reader) {
    AdamMoments moments =
        new AdamMoments(
            reader.getDoubles(parameters),
            reader.getDoubles(parameters),
            reader.getDouble(),
            reader.getDouble());
    reader.require(
        moments.isFinite()
            && moments.firstRest >= 0
            && moments.firstRest <= 1
            && moments.secondRest >= 0
            && moments.secondRest <= 1
            && Arrays.stream(moments.second).allMatch(square -> square >= 0),
        "moments of the optimiser are out of range");
    return moments;
  }
}
