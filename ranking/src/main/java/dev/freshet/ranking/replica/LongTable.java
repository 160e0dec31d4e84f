package dev.freshet.ranking.replica;

import java.util.Arrays;

/**
 * Some numbers of 64 bits for each item, side by side, because most readers of one of them read the
 * others too, and memory brings them together. Grows by chunks, so that nothing is ever moved.
 */
public final class LongTable {

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  /** What stands in each column where nothing was set. */
  private final long[] empty;

  private final int columns;

  private final int rowBits;
  private long[][] chunks = new long[0][];
  private int capacity;

  /**
   * @param empty what stands in each column where nothing was set; rows are padded to a power of
   *     two of columns
   */
  LongTable(long... empty) {
    this.columns = empty.length;
    this.rowBits = Integer.SIZE - Integer.numberOfLeadingZeros(columns - 1);
    this.empty = Arrays.copyOf(empty, 1 << rowBits);
  }

  LongColumn column(int number) {
    return new LongColumn(this, number);
  }

  void ensure(int rows) {
    while (capacity < rows) {
      int chunk = capacity >>> CHUNK_BITS;
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, Math.max(4, 2 * chunk));
      }
      long[] added = new long[CHUNK << rowBits];
      for (int at = 0; at < added.length; at += empty.length) {
        System.arraycopy(empty, 0, added, at, empty.length);
      }
      chunks[chunk] = added;
      capacity += CHUNK;
    }
  }

  /** The array that has a row, from {@link #at} on. */
  public long[] chunk(int row) {
    return chunks[row >>> CHUNK_BITS];
  }

  public int at(int row) {
    return (row & (CHUNK - 1)) << rowBits;
  }

  long empty(int column) {
    return empty[column];
  }

  /** Deep copy. */
  LongTable copy() {
    LongTable copy = new LongTable(Arrays.copyOf(empty, columns));
    copy.chunks = Chunks.copy(chunks, long[]::clone);
    copy.capacity = capacity;
    return copy;
  }

  /** Bytes of one column; those of the table itself and of the padding are the first's. */
  long bytes(int column) {
    int allocated = capacity >>> CHUNK_BITS;
    long bytes = (long) capacity * Long.BYTES;
    if (column == 0) {
      bytes +=
          (long) capacity * (empty.length - columns) * Long.BYTES
              + HeapSize.array(chunks.length, HeapSize.REFERENCE)
              + allocated * HeapSize.array(0, Long.BYTES);
    }
    return bytes;
  }
}
