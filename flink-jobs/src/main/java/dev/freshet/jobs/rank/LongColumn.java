package dev.freshet.jobs.rank;

import java.util.Arrays;

/**
 * A number of 64 bits for each item. Grows by chunks, so that what is there is never copied,
 * however much it is.
 */
final class LongColumn {

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private final long empty;
  private long[][] chunks = new long[0][];
  private int capacity;

  /**
   * @param empty what stands where nothing was set
   */
  LongColumn(long empty) {
    this.empty = empty;
  }

  /** A column of {@code double}, in which everything is 0 at first. */
  static LongColumn ofDoubles() {
    return new LongColumn(Double.doubleToRawLongBits(0));
  }

  void ensure(int count) {
    while (capacity < count) {
      int chunk = capacity >>> CHUNK_BITS;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, Math.max(4, 2 * chunk));
      }
      chunks[chunk] = new long[CHUNK];
      Arrays.fill(chunks[chunk], empty);
      capacity += CHUNK;
    }
  }

  long get(int at) {
    return chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)];
  }

  void set(int at, long value) {
    chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)] = value;
  }

  double getDouble(int at) {
    return Double.longBitsToDouble(get(at));
  }

  void setDouble(int at, double value) {
    set(at, Double.doubleToRawLongBits(value));
  }

  void clear(int at) {
    set(at, empty);
  }

  /** Multiplies the first {@code double}s by a power of two. */
  void scale(int exponent, int count) {
    for (int at = 0; at < count; at++) {
      double value = getDouble(at);
      if (value != 0) {
        setDouble(at, Math.scalb(value, exponent));
      }
    }
  }

  long bytes() {
    return HeapSize.array(chunks.length, HeapSize.REFERENCE)
        + (capacity >>> CHUNK_BITS) * HeapSize.array(CHUNK, Long.BYTES);
  }
}
