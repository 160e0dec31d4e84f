package dev.freshet.ranking.replica;

import java.util.Arrays;

/** Numbers of 32 bits for each item. Grows by chunks, so that nothing is ever moved. */
final class IntColumn {

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private final int empty;
  private int[][] chunks = new int[0][];
  private int capacity;

  /**
   * @param empty what stands where nothing was set
   */
  IntColumn(int empty) {
    this.empty = empty;
  }

  /** A column of {@code float}, in which everything is NaN at first. */
  static IntColumn ofFloats() {
    return new IntColumn(Float.floatToRawIntBits(Float.NaN));
  }

  void ensure(int count) {
    while (capacity < count) {
      int chunk = capacity >>> CHUNK_BITS;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, Math.max(4, 2 * chunk));
      }
      chunks[chunk] = new int[CHUNK];
      Arrays.fill(chunks[chunk], empty);
      capacity += CHUNK;
    }
  }

  int get(int at) {
    return chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)];
  }

  void set(int at, int value) {
    chunks[at >>> CHUNK_BITS][at & (CHUNK - 1)] = value;
  }

  float getFloat(int at) {
    return Float.intBitsToFloat(get(at));
  }

  void setFloat(int at, float value) {
    set(at, Float.floatToRawIntBits(value));
  }

  void clear(int at) {
    set(at, empty);
  }

  /** Deep copy. */
  IntColumn copy() {
    IntColumn copy = new IntColumn(empty);
    copy.chunks = Chunks.copy(chunks, int[]::clone);
    copy.capacity = capacity;
    return copy;
  }

  long bytes() {
    return HeapSize.array(chunks.length, HeapSize.REFERENCE)
        + (capacity >>> CHUNK_BITS) * HeapSize.array(CHUNK, Integer.BYTES);
  }
}
