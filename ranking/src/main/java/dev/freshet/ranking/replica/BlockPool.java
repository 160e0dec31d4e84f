package dev.freshet.ranking.replica;

import java.util.Arrays;

/**
 * Blocks of {@code int}s, and of as many {@code double}s beside them if wanted, without an object
 * for each. A block has room for a power of two of entries, at least four; one that is freed is
 * reused for the next block of its size. Grows by chunks; nothing that is there is moved.
 *
 * <p>A block is known by its handle. Its entries are in {@link #ints} and {@link #doubles} of the
 * handle, from {@link #offset} of the handle on.
 */
final class BlockPool {

  /** Sizes are 4, 8, 16, ... {@link #LARGEST}. */
  static final int LARGEST = 1 << 14;

  private static final int SMALLEST_BITS = 2;
  private static final int CHUNK_BITS = 14;
  private static final int CHUNK = 1 << CHUNK_BITS;

  /** Handles count in the smallest blocks. */
  private static final int HANDLE_BITS = CHUNK_BITS - SMALLEST_BITS;

  private static final int NONE = -1;

  private final boolean withDoubles;
  private int[][] ints = new int[0][];
  private double[][] doubles = new double[0][];

  /** A free block of each size, which holds the next one's handle in its first entry. */
  private final int[] free = new int[CHUNK_BITS - SMALLEST_BITS + 1];

  private int chunks;

  /** Entries used of the last chunk. */
  private int used = CHUNK;

  BlockPool(boolean withDoubles) {
    this.withDoubles = withDoubles;
    Arrays.fill(free, NONE);
  }

  /** The room of a block for that many entries, from 1 to {@link #LARGEST}. */
  static int room(int entries) {
    return Math.max(1 << SMALLEST_BITS, Integer.highestOneBit(2 * entries - 1));
  }

  /**
   * Gives a block, with anything in it.
   *
   * @param room as {@link #room} returns it
   */
  int allocate(int room) {
    int sizeClass = sizeClass(room);
    int handle = free[sizeClass];
    if (handle != NONE) {
      free[sizeClass] = ints(handle)[offset(handle)];
      return handle;
    }
    while (used + room > CHUNK) {
      if (used == CHUNK) {
        addChunk();
      } else {
        // What is left at the end serves smaller blocks: a large one, and what is left of it.
        int rest = Integer.highestOneBit(CHUNK - used);
        free(handleAt(used), rest);
        used += rest;
      }
    }
    handle = handleAt(used);
    used += room;
    return handle;
  }

  private int handleAt(int offset) {
    return ((chunks - 1) << HANDLE_BITS) | (offset >>> SMALLEST_BITS);
  }

  private void addChunk() {
    if (chunks == ints.length) {
      ints = Arrays.copyOf(ints, Math.max(4, 2 * chunks));
      if (withDoubles) {
        doubles = Arrays.copyOf(doubles, ints.length);
      }
    }
    ints[chunks] = new int[CHUNK];
    if (withDoubles) {
      doubles[chunks] = new double[CHUNK];
    }
    chunks++;
    used = 0;
  }

  void free(int handle, int room) {
    int sizeClass = sizeClass(room);
    ints(handle)[offset(handle)] = free[sizeClass];
    free[sizeClass] = handle;
  }

  /** Deep copy, in which the handles are the same. */
  BlockPool copy() {
    BlockPool copy = new BlockPool(withDoubles);
    copy.ints = Chunks.copy(ints, int[]::clone);
    copy.doubles = Chunks.copy(doubles, double[]::clone);
    System.arraycopy(free, 0, copy.free, 0, free.length);
    copy.chunks = chunks;
    copy.used = used;
    return copy;
  }

  private static int sizeClass(int room) {
    return Integer.numberOfTrailingZeros(room) - SMALLEST_BITS;
  }

  int[] ints(int handle) {
    return ints[handle >>> HANDLE_BITS];
  }

  double[] doubles(int handle) {
    return doubles[handle >>> HANDLE_BITS];
  }

  int offset(int handle) {
    return (handle & ((1 << HANDLE_BITS) - 1)) << SMALLEST_BITS;
  }

  long bytes() {
    long chunk = HeapSize.array(CHUNK, Integer.BYTES);
    long table = HeapSize.array(ints.length, HeapSize.REFERENCE);
    if (withDoubles) {
      chunk += HeapSize.array(CHUNK, Double.BYTES);
      table *= 2;
    }
    return table + chunks * chunk;
  }
}
