package dev.freshet.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * A summary of a distribution of times, in milliseconds.
 *
 * @param count values
 */
public record Latency(
    long count, double p50, double p90, double p99, double p999, double max, double mean) {

  private static final double MICROS_PER_MILLI = 1_000;
  private static final double ROUNDING = 1e-6;

  /** Percentiles of a curve, the same for all, so that curves can be laid side by side. */
  private static final double[] LEVELS = {
    0, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.999
  };

  /**
   * A point of the curve of latency against percentile.
   *
   * @param percentile 0 to 100
   */
  public record Point(double percentile, double millis) {}

  /** Of no values: everything is NaN. */
  static final Latency NONE =
      new Latency(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /** Of a histogram of microseconds. */
  static Latency ofMicros(Histogram micros) {
    return micros.getTotalCount() == 0 ? NONE : of(micros, MICROS_PER_MILLI);
  }

  /** Of a histogram of milliseconds. */
  static Latency ofMillis(Histogram millis) {
    return millis.getTotalCount() == 0 ? NONE : of(millis, 1);
  }

  private static Latency of(Histogram values, double unit) {
    return new Latency(
        values.getTotalCount(),
        values.getValueAtPercentile(50) / unit,
        values.getValueAtPercentile(90) / unit,
        values.getValueAtPercentile(99) / unit,
        values.getValueAtPercentile(99.9) / unit,
        values.getMaxValue() / unit,
        values.getMean() / unit);
  }

  /** The curve of a histogram of microseconds, as far as there are values beyond a percentile. */
  static List<Point> curve(Histogram micros) {
    List<Point> points = new ArrayList<>();
    for (double level : LEVELS) {
      if (micros.getTotalCount() * (1 - level / 100) > 1 - ROUNDING) {
        points.add(new Point(level, micros.getValueAtPercentile(level) / MICROS_PER_MILLI));
      }
    }
    return points;
  }

  /** A histogram as text. */
  static String encode(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    byte[] bytes = new byte[length];
    buffer.rewind();
    buffer.get(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The histogram of a text that {@link #encode} made. */
  static Histogram decode(String text) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("not an encoded histogram", e);
    }
  }
}
